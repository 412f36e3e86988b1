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
)
from core.errors import TrainingError
from core.learning.classifier import FOLDER, Classifier, load
from core.learning.ngrams import CONCEPTS, Grams, grams
from core.learning.rules import Reading, affirms, courtesy, declines, judge, read

__all__ = ["affirms", "combine", "courtesy", "declines", "understand", "usable", "weigh"]

OBEYED = frozenset({Intent.STOP_REQUEST, Intent.REFUSAL})
HARMLESS = "none"
"""The lexicon's label of phrases that only look like a refusal or an objection."""
SURE_OF_A_NO = 0.5
"""A no that only the classifier sees must be likelier than not: it would silence Brenda."""


def understand(text: str) -> Perception:
    """Read one message, or several joined by newlines. Never raises, whatever the text."""
    reading = read(text)
    ruled = judge(reading)
    model = usable()
    return combine(reading, ruled, model, grams(reading, ruled)) if model else ruled


def combine(reading: Reading, ruled: Perception, model: Classifier, found: Grams) -> Perception:
    """The rules' reading, corrected by the classifier where that is the more reliable.

    A no that the rules find stays a no; and a no that they know to be harmless ("no quiero perdérmelo") is none. Where
    neither the lexicon nor the concepts know a single word, the classifier could only guess from letters.
    """
    if not reading.labels and not found[CONCEPTS]:
        return ruled
    together = weigh(ruled, model, found)
    a_no = ruled.intent in OBEYED
    unlikely = HARMLESS in reading.labels or (together.confidence.intent or 0.0) < SURE_OF_A_NO
    if not a_no and not (together.intent in OBEYED and unlikely):
        return together
    sure = together.confidence.model_copy(update={"intent": 1.0 if a_no else None})
    return together.model_copy(update={"intent": ruled.intent, "confidence": sure})


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
