"""Tool features: how the named features of a decision become the recommender's numbers.

The first columns are the situation, in which a tool's worth may differ: stage, intent, objection, emotion, how much the
person told about themselves, and the conversion score. The rest only tells how near to buying the person is anyway.
Columns have names ("intent=refusal"), so that a stored model can be read, and a category that is new is all zeros.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.perception import Emotion, Intent, Objection
from core.learning.predictor import Features

Floats = NDArray[np.float64]

BIAS = "bias"
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "stage": ("demo", "checkout"),
    "intent": tuple(intent.value for intent in Intent if intent is not Intent.GENERAL_QUESTION),
    "objection": tuple(objection.value for objection in Objection if objection is not Objection.NONE),
    "emotion": tuple(emotion.value for emotion in Emotion if emotion is not Emotion.NEUTRAL),
}
"""Feature -> its categories that have a column; what is usual ("conversation", "neutral") has none."""
NUMBERS = ("profile", "score")
SITUATION = (BIAS, *(f"{name}={value}" for name, values in CATEGORIES.items() for value in values), *NUMBERS)
GROUPS = (
    0,
    *(place for place, values in enumerate(CATEGORIES.values(), 1) for _ in values),
    *(len(CATEGORIES) + 1 for _ in NUMBERS),
)
"""For each of the situation's columns the number of its group: the level, the four categories, the numbers."""
READINESS = ("turns", "questions", "tools", "words_per_message", "positive_share", "negative_share", "hours_known")
COLUMNS = (*SITUATION, *READINESS)

_TOP = {"turns": 40.0, "questions": 20.0, "tools": 20.0, "words_per_message": 60.0, "hours_known": 24.0 * 60}
"""Counts are taken on a logarithmic scale up to these values, which become 1."""


def encode(rows: Sequence[Features]) -> Floats:
    """Shape (n, len(COLUMNS)); every value lies within [-1, 1]. What is missing or unreadable counts as 0."""
    values = np.zeros((len(rows), len(COLUMNS)))
    for place, features in enumerate(rows):
        values[place] = [_value(features, column) for column in COLUMNS]
    return values


def encode_situation(features: Features) -> Floats:
    """The columns of `SITUATION` only, shape (len(SITUATION),): what serving needs."""
    return np.array([_value(features, column) for column in SITUATION])


def _value(features: Features, column: str) -> float:
    name, _, category = column.partition("=")
    if category:
        return float(features.get(name) == category)
    if name == BIAS:
        return 1.0
    number = _number(features.get(name, 0.0))
    if name == "score":
        return _log_odds(number)
    if name in _TOP:
        return math.log1p(min(max(number, 0.0), _TOP[name])) / math.log1p(_TOP[name])
    return min(max(number, -1.0), 1.0)


def _number(value: float | str) -> float:
    number = value if isinstance(value, int | float) else math.nan
    return float(number) if math.isfinite(number) else 0.0


def _log_odds(probability: float) -> float:
    """Log-odds of a probability, from -4 to 4, divided by 4; 0 when it is not known."""
    if not 0.0 < probability < 1.0:
        return 0.0
    return min(max(math.log(probability / (1.0 - probability)) / 4.0, -1.0), 1.0)
