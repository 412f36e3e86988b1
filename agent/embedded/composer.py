"""The composer: the embedded model's reply, put together from templates.

What was asked is answered first, from facts and tool results only; empathy opens where the person shows a doubt; one
gentle next step closes. Each piece is a template of `prompts/embedded/` with several wordings. A wording that stands in
Brenda's recent messages is passed over, so that she does not repeat herself, and the seed of the turn sets where the
search begins, so that the same messages always give the same reply.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.embedded.briefing import Answered, Briefing
from agent.embedded.meaning import Meaning
from agent.embedded.next_steps import next_step
from agent.embedded.recollection import known
from agent.embedded.wordings import Desk, Wordings, fitted, normal
from core.domain.perception import Courtesy, Emotion, Intent, Language, Objection, Topic
from core.learning.words import plain

ATTEMPTS = 8
MOST_ANSWERS = 3

# What each topic is answered with when no tool spoke about it: a template, and variables of which one must be known.
ANSWERS: Mapping[Topic, tuple[str, tuple[str, ...]]] = {
    Topic.AI_IDENTITY: ("ai_identity", ()),
    Topic.MEMORY: ("memory", ("memories",)),
    Topic.PRICE: ("price", ("price",)),
    Topic.DISCOUNT: ("no_offer", ()),
    Topic.OFFER: ("no_offer", ()),
    Topic.BONUS: ("no_bonus", ()),
    Topic.PAYMENT: ("payment", ("price",)),
    Topic.START_DATE: ("start_date", ("starts_on",)),
    Topic.DURATION: ("duration", ("weeks", "hours")),
    Topic.SCHEDULE: ("schedule", ("modality",)),
    Topic.MODALITY: ("modality", ("modality",)),
    Topic.SYLLABUS: ("syllabus", ("description", "module_count")),
    Topic.REQUIREMENTS: ("requirements", ("requirements",)),
    Topic.LEVEL: ("level", ("level",)),
    Topic.AUDIENCE: ("audience", ("audience",)),
    Topic.CERTIFICATE: ("certificate", ("certificate",)),
    Topic.GUARANTEE: ("guarantee", ("guarantee", "guarantee_days")),
    Topic.JOBS: ("jobs", ()),
    Topic.VALUE: ("value", ("description", "audience")),
    Topic.TESTIMONIALS: ("no_testimonials", ()),
    Topic.CASES: ("no_testimonials", ()),
    Topic.COMPETITORS: ("no_competitors", ()),
    Topic.DEMO: ("no_demo", ()),
    Topic.PREVIEW: ("no_demo", ()),
    Topic.RESOURCES: ("no_resources", ()),
    Topic.HUMAN: ("no_human", ()),
    Topic.PROBLEM: ("problem", ()),
    Topic.FOLLOW_UP: ("follow_up_when", ()),
    Topic.PRIVACY: ("privacy", ()),
    Topic.OUT_OF_SCOPE: ("out_of_scope", ()),
    Topic.MINOR: ("minor", ()),
    Topic.DISTRESS: ("distress", ()),
}
ABSENT = {Topic.START_DATE: "no_start_date", Topic.MEMORY: "no_memory", Topic.GUARANTEE: "no_guarantee"}
# Topics that a tool's answer has dealt with.
SPEAKS_OF: Mapping[str, frozenset[Topic]] = {
    "show_syllabus": frozenset({Topic.SYLLABUS}),
    "send_preview": frozenset({Topic.PREVIEW, Topic.DEMO, Topic.RESOURCES}),
    "deliver_resource": frozenset({Topic.RESOURCES}),
    "find_testimonials": frozenset({Topic.TESTIMONIALS, Topic.CASES}),
    "find_success_cases": frozenset({Topic.CASES, Topic.VALUE}),
    "compare_prices": frozenset({Topic.VALUE}),
    "compare_competitors": frozenset({Topic.COMPETITORS}),
    "show_guarantee": frozenset({Topic.GUARANTEE}),
    "present_offer": frozenset({Topic.DISCOUNT, Topic.OFFER}),
    "list_bonuses": frozenset({Topic.BONUS, Topic.OFFER}),
    "payment_options": frozenset({Topic.PAYMENT}),
    "create_payment_link": frozenset({Topic.PAYMENT, Topic.PRICE, Topic.DISCOUNT, Topic.OFFER}),
    "create_demo_link": frozenset({Topic.DEMO, Topic.PREVIEW}),
    "contact_advisor": frozenset({Topic.HUMAN, Topic.PROBLEM}),
    "schedule_follow_up": frozenset({Topic.FOLLOW_UP}),
}
ASKS_NAME = re.compile(r"me llamo|mi nombre")
QUIET_TOPICS = frozenset({Topic.AI_IDENTITY, Topic.MEMORY, Topic.OUT_OF_SCOPE})
FOREIGN = {Language.ENGLISH: "english", Language.PORTUGUESE: "portuguese"}
FIRST_OF_ALL = (Topic.DISTRESS, Topic.MINOR)
FOREIGN_TOPICS = (
    *FIRST_OF_ALL,
    Topic.AI_IDENTITY,
    Topic.PRICE,
    Topic.DEMO,
    Topic.PAYMENT,
    Topic.DURATION,
    Topic.CERTIFICATE,
)


def compose(briefing: Briefing, meant: Meaning, prompts: Wordings, offered: Iterable[str]) -> str:
    """The reply: plain text of at most 700 characters, different from Brenda's messages in the window."""
    knowledge = known(briefing, meant)
    said = {normal(text) for text in (*briefing.said, *briefing.rejected)}
    reply = ""
    for shift in range(ATTEMPTS):
        desk = Desk(briefing, meant, prompts, knowledge, frozenset(offered), shift)
        reply = fitted(list(_pieces(desk)))
        if normal(reply) not in said:
            return reply
    again = Desk(briefing, meant, prompts, knowledge, frozenset(offered)).say("again")
    return fitted([again, reply])


def _pieces(desk: Desk) -> Iterator[str]:
    """The pieces of the reply in order; the first is never dropped for length."""
    meant = desk.meant
    if meant.leaves:
        yield desk.say(_foreign(desk, "refusal") or ("stop" if meant.intent is Intent.STOP_REQUEST else "refusal"))
        return
    if meant.postponed:
        yield desk.say(_foreign(desk, "postponed") or "postponed")
        return
    foreign = _foreign(desk, _foreign_matter(desk))
    if foreign:
        yield desk.say(foreign)
        yield from _link(desk)
        return
    body = [piece for piece in _body(desk) if piece] or [desk.say("unknown")]
    yield from body
    if "?" not in " ".join(body):
        yield desk.say(next_step(desk))


def _body(desk: Desk) -> Iterator[str]:
    """Empathy, the answers to what was asked, and what the tools brought."""
    briefing, meant = desk.briefing, desk.meant
    topics = [topic for topic in meant.topics if not _covered(topic, briefing.answered)]
    answered = [answer for answer in briefing.answered if answer.tool != "update_profile"]
    facts_first = [desk.say(name) for name in _answers(desk, topics[:MOST_ANSWERS])]
    yield from (desk.say(name) for name in _empathy(desk))
    yield from dict.fromkeys(facts_first)
    if not meant.topics and (not answered or _opens_with_course(meant)):
        yield from (desk.say(name) for name in _without_question(desk))
    for answer in answered:
        yield from _brought(desk, answer)


def _opens_with_course(meant: Meaning) -> bool:
    """Whether what the person told or wants to know deserves a word before what a tool brought unasked."""
    open_intents = {Intent.EXPLORATION, Intent.CAREER_CHANGE, Intent.AUTOMATION_NEED}
    return meant.intent in open_intents and meant.objection is Objection.NONE and not meant.upset


def _covered(topic: Topic, answered: Sequence[Answered]) -> bool:
    return any(topic in SPEAKS_OF.get(answer.tool, frozenset()) for answer in answered)


def _answers(desk: Desk, topics: Iterable[Topic]) -> Iterator[str]:
    """Templates that answer topics from facts; honest ones where the fact is absent."""
    for topic in topics:
        if topic is Topic.MEMORY and desk.known["name"] and ASKS_NAME.search(plain(desk.briefing.words)):
            yield "memory_name"
            continue
        template, needed = ANSWERS.get(topic, ("", ()))
        if template and (not needed or any(desk.known.get(name) for name in needed)):
            yield template
        elif not desk.known["has_course"] and topic is not Topic.MEMORY:
            yield "no_course"
        else:
            yield ABSENT.get(topic, "unknown")


def _brought(desk: Desk, answer: Answered) -> Iterator[str]:
    """What a tool's answer is told with: its facts, and honestly what it could not give."""
    if answer.missing:
        specific = f"missing/{answer.missing}"
        yield desk.say(specific if desk.has(specific) else "missing/other")
    if answer.facts or (answer.tool == "send_preview" and not answer.missing):
        yield desk.say(f"tools/{answer.tool}")


def _empathy(desk: Desk) -> Iterator[str]:
    meant = desk.meant
    if Topic.DISTRESS in meant.topics or Topic.MINOR in meant.topics or desk.briefing.corrected:
        return
    if meant.upset:
        yield "feeling/frustrated"
    elif meant.objection is not Objection.NONE and not _asks_price_first(meant):
        yield f"objection/{meant.objection.value}"
    elif meant.perception.emotion is Emotion.CONFUSED and not meant.topics:
        yield "feeling/confused"


def _asks_price_first(meant: Meaning) -> bool:
    return Topic.PRICE in meant.topics


def _without_question(desk: Desk) -> Iterator[str]:
    """What is said when nothing was asked that a fact or a tool answers."""
    meant, known = desk.meant, desk.known
    if meant.objection is not Objection.NONE:
        if known["has_course"]:
            yield f"objection/{meant.objection.value}_facts"
    elif meant.upset or meant.perception.emotion is Emotion.CONFUSED:
        return
    elif meant.intent is Intent.BUYING_SIGNAL:
        yield "no_payment_link"
    elif meant.intent in {Intent.CAREER_CHANGE, Intent.AUTOMATION_NEED} and known["has_course"]:
        yield _by_intent(desk)
    elif any(known[f"told_{name}"] for name in ("occupation", "company", "goal", "country")):
        yield "acknowledge"
    else:
        yield _by_intent(desk)


def _by_intent(desk: Desk) -> str:
    meant = desk.meant
    if meant.declined:
        return "declined"
    if meant.intent is Intent.SMALL_TALK:
        gesture = {Courtesy.NONE: "nod", Courtesy.PRAISE: "praise"}.get(meant.courtesy, meant.courtesy.value)
        return "welcome" if gesture == "greeting" and not desk.briefing.said else gesture
    named = {
        Intent.CAREER_CHANGE: "career",
        Intent.AUTOMATION_NEED: "automation",
        Intent.EXPLORATION: "explore",
    }.get(meant.intent)
    if named:
        return named if desk.known["has_course"] else "no_course"
    return "unknown" if "?" in desk.briefing.words else "unclear"


def _foreign_matter(desk: Desk) -> str:
    """What a short foreign reply is about; empty when Spanish must do."""
    meant = desk.meant
    if meant.intent is Intent.WANTS_HUMAN and not set(FIRST_OF_ALL) & set(meant.topics):
        return "human"
    if meant.intent is Intent.BUYING_SIGNAL and not set(FIRST_OF_ALL) & set(meant.topics):
        return "payment"
    topic = next((topic for topic in FOREIGN_TOPICS if topic in meant.topics), None)
    if topic is not None:
        return topic.value if topic is not Topic.PRICE or desk.known["price"] else ""
    if meant.objection is Objection.TIME and not meant.topics:
        return "postponed"
    if meant.intent is Intent.SMALL_TALK and meant.courtesy in {Courtesy.THANKS, Courtesy.FAREWELL}:
        return "thanks"
    return "greeting" if meant.intent in {Intent.SMALL_TALK, Intent.EXPLORATION} and not meant.topics else ""


def _foreign(desk: Desk, matter: str) -> str:
    name = f"{FOREIGN.get(desk.meant.language, '')}/{matter}"
    return name if matter and desk.meant.language in FOREIGN and desk.has(name) else ""


def _link(desk: Desk) -> Iterator[str]:
    """The bare link under a short foreign reply."""
    for name in ("demo_link", "payment_link"):
        if desk.known[name]:
            yield str(desk.known[name])
