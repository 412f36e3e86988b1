"""Next steps: the one gentle question that closes a reply of the embedded model, or none.

Nothing is proposed that Brenda has no tool for, that was asked for before, or to someone who leaves, grieves, complains
or has just refused. After a doubt she only asks openly.
"""

from collections.abc import Iterator

from agent.embedded.wordings import Desk
from core.domain.perception import Courtesy, Emotion, Intent, Objection, Topic
from core.learning.understanding import understand

# Tools whose answer is itself the next step, and topics after which none is proposed, or only an open one.
ENDS = frozenset({"create_payment_link", "create_demo_link", "contact_advisor", "schedule_follow_up"})
ENDING_TOPICS = frozenset(
    {Topic.HUMAN, Topic.PROBLEM, Topic.FOLLOW_UP, Topic.PRIVACY, Topic.MINOR, Topic.DISTRESS, Topic.INVOICE}
)
QUIET_TOPICS = frozenset({Topic.AI_IDENTITY, Topic.MEMORY, Topic.OUT_OF_SCOPE})


def next_step(desk: Desk) -> str:
    """The name of a closing template, or an empty string."""
    if _no_more(desk):
        return ""
    meant = desk.meant
    doubting = meant.objection is not Objection.NONE or meant.declined or meant.refused_before
    lost = meant.perception.emotion is Emotion.CONFUSED
    if doubting or lost or QUIET_TOPICS & set(meant.topics):
        return "next/open"
    steps = list(_steps(desk)) or ["next/open"]
    return steps[desk.lot("step") % len(steps)]


def _no_more(desk: Desk) -> bool:
    meant, done = desk.meant, _done(desk)
    parting = meant.courtesy in {Courtesy.FAREWELL, Courtesy.THANKS} and not meant.topics and not done
    ended = done & ENDS or ENDING_TOPICS & set(meant.topics)
    return bool(ended) or parting or meant.upset or desk.briefing.corrected


def _steps(desk: Desk) -> Iterator[str]:
    """Steps that fit, the likeliest several times, and in a longer talk also none."""
    meant, tools, heard = desk.meant, desk.offered, desk.briefing.heard
    if not meant.profile.get("goal") and not meant.profile.get("occupation"):
        yield from ("next/goal", "next/goal")
    if meant.intent is Intent.PRICE_QUESTION and "create_payment_link" in tools and len(heard) > 1:
        yield "next/payment"
    if "create_demo_link" in tools and not _brought_up(desk, Topic.DEMO):
        yield from ("next/demo", "next/demo")
    if "show_syllabus" in tools and not _brought_up(desk, Topic.SYLLABUS):
        yield "next/syllabus"
    seen = {"find_testimonials", "find_success_cases"} & _done(desk)
    if "find_testimonials" in tools and not seen and not _brought_up(desk, Topic.TESTIMONIALS):
        yield "next/testimonials"
    if desk.briefing.said:
        yield "next/open"
    if len(heard) > 1:
        yield ""


def _done(desk: Desk) -> set[str]:
    return {answer.tool for answer in desk.briefing.answered}


def _brought_up(desk: Desk, topic: Topic) -> bool:
    return topic in desk.meant.topics or any(topic in understand(line).topics for line in desk.briefing.heard)
