"""The first conversion predictor: a transparent scorecard.

Points are added on the log-odds scale to a base rate, in the manner of a credit scorecard (Siddiqi, Credit Risk
Scorecards, 2006): each feature has a weight that anybody can read, and `explain` says what each contributed. A trained
model can stand behind the same `score`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Features = Mapping[str, float | str]
"""Named features of one lead as of this moment: numbers, or categories as text."""

BASE_LOG_ODDS = -2.6
NUMERIC: Mapping[str, tuple[float, float]] = {
    "turns": (0.05, 20.0),
    "words_per_message": (0.03, 25.0),
    "questions": (0.12, 8.0),
    "tools": (0.10, 8.0),
    "objections": (-0.10, 6.0),
    "positive_share": (0.8, 1.0),
    "negative_share": (-1.2, 1.0),
    "profile": (0.6, 1.0),
    "downloads": (0.25, 3.0),
}
"""Feature -> (weight a unit, value above which more adds nothing)."""
CATEGORICAL: Mapping[str, Mapping[str, float]] = {
    "stage": {"demo": 0.9, "checkout": 1.8},
    "intent": {
        "buying_signal": 1.6,
        "wants_demo": 0.9,
        "price_question": 0.5,
        "automation_need": 0.4,
        "career_change": 0.4,
        "wants_human": 0.3,
        "refusal": -2.2,
        "stop_request": -4.0,
    },
    "objection": {"price": -0.4, "time": -0.4, "value": -0.5, "trust": -0.6},
}


@dataclass(frozen=True, slots=True)
class Prediction:
    """Probability in (0, 1) that the lead buys, and the log-odds that each feature contributed."""

    probability: float
    contributions: Mapping[str, float]
    predictor: str = "scorecard-1"


def predict(features: Features) -> Prediction:
    """Score one lead. Unknown features contribute nothing; missing ones count as zero or as no category."""
    numeric = {
        name: weight * min(max(float(features.get(name, 0.0)), 0.0), cap) for name, (weight, cap) in NUMERIC.items()
    }
    categorical = {name: points.get(str(features.get(name, "")), 0.0) for name, points in CATEGORICAL.items()}
    contributions = {name: value for name, value in {**numeric, **categorical}.items() if value}
    return Prediction(1.0 / (1.0 + math.exp(-BASE_LOG_ODDS - sum(contributions.values()))), contributions)
