"""Meaning: what the person's words ask of the embedded model in this moment of the chat.

A bare "sí" means what Brenda's last question proposed, so that question is read in its place; a bare "no" declines it.
A wish to buy of who once said to be under age means that again, whatever it asks for.
"""

import re
from dataclasses import dataclass

from agent.embedded.briefing import Briefing
from agent.embedded.disclosures import disclosed, gathered
from core.domain.perception import Courtesy, Emotion, Intent, Language, Objection, Perception, Topic
from core.learning.understanding import affirms, courtesy, declines, postpones, understand

PURCHASE_INTENTS = frozenset({Intent.BUYING_SIGNAL, Intent.WANTS_DEMO})
PURCHASE_TOPICS = frozenset({Topic.PAYMENT, Topic.DISCOUNT, Topic.OFFER, Topic.BONUS, Topic.DEMO})
_QUESTION = re.compile(r"¿([^?¿]+)\?|([^.!?\n]+)\?")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The reading of a turn. `told` is what the words themselves disclose, `profile` all that is known.

    `postponed`: the person goes to think it over, which is neither a yes nor a doubt.
    """

    perception: Perception
    courtesy: Courtesy
    affirmed: bool
    declined: bool
    told: dict[str, str]
    profile: dict[str, str]
    refused_before: bool
    postponed: bool = False

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.perception.topics

    @property
    def intent(self) -> Intent:
        return self.perception.intent

    @property
    def objection(self) -> Objection:
        return self.perception.objection

    @property
    def leaves(self) -> bool:
        """Whether the person wants no more of this."""
        return self.intent in {Intent.STOP_REQUEST, Intent.REFUSAL}

    @property
    def upset(self) -> bool:
        return self.perception.emotion is Emotion.FRUSTRATED

    @property
    def language(self) -> Language:
        return self.perception.language


def meaning(briefing: Briefing) -> Meaning:
    """Read the words of a turn in the light of what was said before."""
    perception = understand(briefing.words)
    proposed = _proposed(briefing)
    affirmed = affirms(briefing.words) and not perception.topics and proposed is not None
    if affirmed and proposed is not None:
        perception = proposed.model_copy(
            update={"language": perception.language, "objection": Objection.NONE, "emotion": perception.emotion}
        )
    if briefing.turn.minor:
        perception = _under_age(perception)
    told = disclosed(briefing.words)
    return Meaning(
        perception=perception,
        courtesy=courtesy(briefing.words),
        affirmed=affirmed,
        declined=declines(briefing.words) and not perception.topics,
        told=told,
        profile=gathered((*briefing.remembered, *briefing.heard)) | briefing.profile | told,
        refused_before=any(understand(line).intent is Intent.REFUSAL for line in briefing.heard[-4:]),
        postponed=postpones(briefing.words),
    )


def _under_age(perception: Perception) -> Perception:
    if perception.intent not in PURCHASE_INTENTS and not PURCHASE_TOPICS & set(perception.topics):
        return perception
    return perception.model_copy(update={"intent": Intent.GENERAL_QUESTION, "topics": (Topic.MINOR,)})


def _proposed(briefing: Briefing) -> Perception | None:
    """What Brenda's last question proposed; None when she asked nothing that a yes could answer."""
    if not briefing.said:
        return None
    asked = _QUESTION.findall(briefing.said[-1])
    if not asked:
        return None
    paragraph = briefing.said[-1].rsplit("\n\n", 1)[-1]
    readings = (understand("".join(asked[-1])), understand(paragraph))
    return next((one for one in readings if one.topics or one.intent is Intent.BUYING_SIGNAL), None)
