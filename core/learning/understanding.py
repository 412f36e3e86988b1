"""Understanding: what one message of a prospect means.

The rules (phrases of the lexicon) and the classifier (learned from the corpus, with the rules' findings among its
features) both read it. Topics and a wish to be left alone come from the rules, and a refusal or stop that they find is
obeyed whatever any score says. On each axis else, whichever is the more reliable is believed: the classifier's
calibrated probability against how often the rules are right when they say their label. A class that falls below its
threshold is "don't know", the axis's neutral value. Without a usable classifier the rules read alone.
"""

from functools import cache
from pathlib import Path

import structlog

from core.domain.perception import (
    Confidence,
    Emotion,
    Intent,
    Language,
    Objection,
    Perception,
    Sentiment,
    Topic,
)
from core.errors import TrainingError
from core.learning.borrowed import forwarded, not_own_enrolment
from core.learning.classifier import FOLDER, Classifier, load
from core.learning.ngrams import CONCEPTS, Grams, grams
from core.learning.rules import (
    Reading,
    affirms,
    closes_to_think,
    courtesy,
    declines,
    judge,
    postpones,
    read,
    took_back,
)

__all__ = ["affirms", "combine", "courtesy", "declines", "postpones", "understand", "usable", "weigh"]

OBEYED = frozenset({Intent.STOP_REQUEST, Intent.REFUSAL})
NATURES = frozenset("bot robot robo ia ai maquina chatbot person persona pessoa human humano humana real".split())
HARMLESS = "none"
"""The lexicon's label of phrases that only look like a refusal or an objection."""
ACTED_ON = frozenset({Intent.BUYING_SIGNAL, Intent.WANTS_DEMO, Intent.WANTS_HUMAN})
LIKELIER_THAN_NOT = 0.5
"""What only the classifier sees must be, if it would silence Brenda, or have her send a link or call a person."""


def understand(text: str) -> Perception:
    """Read one message, or several joined by newlines. Never raises, whatever the text."""
    reading = read(text)
    ruled = judge(reading)
    model = usable()
    return combine(reading, ruled, model, grams(reading, ruled)) if model else ruled


def combine(reading: Reading, ruled: Perception, model: Classifier, found: Grams) -> Perception:
    """The rules' reading, corrected by the classifier where that is the more reliable.

    A no that the rules find stays a no; and a no that they know to be harmless ("no quiero perdérmelo"), or to be taken
    back ("no gracias, mejor la demo"), is none. Where neither the lexicon nor the concepts know a single word, the
    classifier could only guess from letters.
    """
    if not reading.labels and not found[CONCEPTS]:
        return ruled
    together = _corrected(reading, ruled, weigh(ruled, model, found))
    a_no = ruled.intent in OBEYED
    is_none = HARMLESS in reading.labels or took_back(reading) or _guessed(together)
    if not a_no and not (together.intent in OBEYED and is_none):
        return together
    sure = together.confidence.model_copy(update={"intent": 1.0 if a_no else None})
    return together.model_copy(update={"intent": ruled.intent, "confidence": sure})


def _corrected(reading: Reading, ruled: Perception, weighed: Perception) -> Perception:
    """The classifier's reading where it may not overrule the lexicon.

    Who is in distress wants nothing sold; who goes to think has no objection; another's enrolment is no wish to buy;
    who asks whether a person answers does not ask for one; and a wish that sends a link or calls a person is more than
    a guess.
    """
    if closes_to_think(reading):
        return _as_ruled(weighed, ruled, "intent", "objection")
    if Topic.DISTRESS in ruled.topics:
        return _as_ruled(weighed, ruled, "intent")
    unruled = weighed.intent in ACTED_ON and weighed.intent is not ruled.intent
    if unruled and (_guessed(weighed) or _is_no_wish(reading, ruled, weighed.intent)):
        return _as_ruled(weighed, ruled, "intent")
    return weighed


def _guessed(weighed: Perception) -> bool:
    return (weighed.confidence.intent or 0.0) < LIKELIER_THAN_NOT


def _is_no_wish(reading: Reading, ruled: Perception, intent: Intent) -> bool:
    """Whether what looks like a wish to buy is another's, or one for a person only asks whether she is one."""
    if intent is Intent.BUYING_SIGNAL:
        return forwarded(reading.raw) or not_own_enrolment(reading.raw)
    return intent is Intent.WANTS_HUMAN and _asks_what_she_is(reading, ruled)


def _asks_what_she_is(reading: Reading, ruled: Perception) -> bool:
    """ "Am I talking to a person or a bot?" does; "they charged me twice, who do I talk to" does not."""
    return ruled.topics == (Topic.AI_IDENTITY,) and bool(NATURES & set(reading.tokens))


def _as_ruled(weighed: Perception, ruled: Perception, *axes: str) -> Perception:
    """These axes as the rules read them; their probability is then not the classifier's."""
    sure = weighed.confidence.model_copy(update=dict.fromkeys(axes))
    return weighed.model_copy(update={axis: getattr(ruled, axis) for axis in axes} | {"confidence": sure})


def weigh(ruled: Perception, model: Classifier, found: Grams) -> Perception:
    """On each axis, whichever of both is the more reliable."""
    said: dict[str, str] = {}
    sure: dict[str, float] = {}
    for axis, chances in model.probabilities(found).items():
        head = model.heads[axis]
        place = head.believe_one(chances, str(getattr(ruled, axis)))
        said[axis], sure[axis] = head.classes[place], round(float(chances[place]), 3)
    return Perception(
        intent=Intent(said["intent"]),
        objection=Objection(said["objection"]),
        sentiment=Sentiment(said["sentiment"]),
        emotion=Emotion(said["emotion"]),
        language=Language(said["language"]),
        topics=ruled.topics,
        confidence=Confidence(**sure),
    )


@cache
def usable(folder: Path = FOLDER) -> Classifier | None:
    """The classifier of a folder, read at the first message; None, with one warning, when it cannot be used."""
    try:
        return load(folder)
    except TrainingError as error:
        structlog.get_logger(__name__).warning("classifier_unusable", reason=str(error))
        return None
