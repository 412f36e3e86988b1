"""A simulated market with known truth: prospects in situations, and how likely each tool is to bring a step.

Situations are made of the product's own features. A tool's worth depends on the stage, the objection, the profile and
the score; intent, emotion and the habits of the chat only change how likely a step is whatever is suggested, and so are
distractions for whoever compares people. Rates are linear in the situation, or its log-odds are (`Shape`): a linear
recommender cannot be exactly right about the latter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.domain.perception import Emotion, Intent, Objection
from core.learning.predictor import Features
from core.learning.tool_features import READINESS, SITUATION, encode

Floats = NDArray[np.float64]

INTENTS = {
    Intent.EXPLORATION: 0.25,
    Intent.GENERAL_QUESTION: 0.15,
    Intent.PRICE_QUESTION: 0.15,
    Intent.SMALL_TALK: 0.12,
    Intent.AUTOMATION_NEED: 0.1,
    Intent.FREE_RESOURCES: 0.07,
    Intent.WANTS_DEMO: 0.06,
    Intent.BUYING_SIGNAL: 0.05,
    Intent.CAREER_CHANGE: 0.05,
}
OBJECTIONS = {
    Objection.NONE: 0.6,
    Objection.PRICE: 0.16,
    Objection.TIME: 0.1,
    Objection.VALUE: 0.07,
    Objection.TRUST: 0.07,
}
EMOTIONS = {
    Emotion.NEUTRAL: 0.6,
    Emotion.EXCITED: 0.15,
    Emotion.CONFUSED: 0.1,
    Emotion.SCEPTICAL: 0.1,
    Emotion.FRUSTRATED: 0.05,
}
STAGES = {"conversation": 0.75, "demo": 0.15, "checkout": 0.1}
MATTERING = ("stage=", "objection=", "profile", "score")
"""Beginnings of the columns in which the tools' worth differs."""


class Shape(StrEnum):
    """What is linear in the situation."""

    RATES = "rates"
    LOG_ODDS = "log-odds"


@dataclass(frozen=True, slots=True)
class Climate:
    """How a market is: the mean rate, how much it varies with the person, and how much with the tool.

    `effect` is the standard deviation, over people, of what each column that matters does to a tool's worth; on average
    over people the tools are almost equally good, so that there is nothing to win without looking at the situation.
    """

    shape: Shape
    level: float
    variety: float
    effect: float
    lead: float = 0.5


@dataclass(frozen=True, slots=True)
class Market:
    """`usual` (D,) is what counts whatever is suggested, `effects` (d, k) what each of k arms adds."""

    climate: Climate
    usual: Floats
    effects: Floats

    def rates(self, inputs: Floats) -> Floats:
        """The true probability (n, k) of a step, for encoded situations (n, D)."""
        situation = inputs[:, : len(SITUATION)]
        values = self.climate.level + (inputs @ self.usual)[:, None] + situation @ self.effects
        if self.climate.shape is Shape.LOG_ODDS:
            return np.asarray(1.0 / (1.0 + np.exp(-values)))
        return np.asarray(np.clip(values, 0.01, 0.99))


def open_market(climate: Climate, arms: int, rng: np.random.Generator) -> Market:
    """A market with its own truth. Its mean rate is about the climate's level."""
    columns = len(SITUATION) + len(READINESS)
    usual = rng.normal(0.0, climate.variety, columns)
    usual[0] = 0.0
    sample = encode(situations(2_000, rng))
    typical, scatter = sample.mean(axis=0), np.maximum(sample.std(axis=0), 0.05)
    usual[0] = -float(typical[1:] @ usual[1:])
    widths = climate.effect * np.array([column.startswith(MATTERING) for column in SITUATION], dtype=np.float64)
    effects = rng.normal(0.0, 1.0, (len(SITUATION), arms)) * (widths / scatter[: len(SITUATION)])[:, None]
    effects[0] = rng.normal(0.0, climate.effect * climate.lead, arms) - typical[1 : len(SITUATION)] @ effects[1:]
    return Market(climate, usual, effects)


def situations(number: int, rng: np.random.Generator) -> list[Features]:
    """The features of so many decisions, as the product records them."""
    drawn = {
        "stage": _words(STAGES, number, rng),
        "intent": _words(INTENTS, number, rng),
        "objection": _words(OBJECTIONS, number, rng),
        "emotion": _words(EMOTIONS, number, rng),
        "profile": rng.beta(2.0, 4.0, number).tolist(),
        "score": rng.beta(1.5, 8.0, number).tolist(),
        "turns": rng.geometric(0.15, number).astype(float).tolist(),
        "questions": rng.poisson(2.0, number).astype(float).tolist(),
        "tools": rng.poisson(2.0, number).astype(float).tolist(),
        "words_per_message": rng.gamma(2.0, 5.0, number).tolist(),
        "positive_share": rng.beta(1.0, 3.0, number).tolist(),
        "negative_share": rng.beta(1.0, 6.0, number).tolist(),
        "hours_known": rng.exponential(30.0, number).tolist(),
    }
    return [dict(zip(drawn, values, strict=True)) for values in zip(*drawn.values(), strict=True)]


def _words(
    shares: "dict[Intent, float] | dict[Objection, float] | dict[Emotion, float] | dict[str, float]",
    number: int,
    rng: np.random.Generator,
) -> Sequence[str]:
    names = [str(name) for name in shares]
    return [names[place] for place in rng.choice(len(names), number, p=list(shares.values()))]
