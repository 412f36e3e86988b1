"""How good predicted chances are: ranking, sharpness and honesty, each with an interval that respects people.

Ranking is the area under the ROC curve (Hanley & McNeil, Radiology 143, 1982), honesty the calibration error over ten
equally wide bins (Naeini et al., AAAI 2015); the Brier score and the log loss are proper and judge both (Gneiting &
Raftery, JASA 102, 2007). Intervals draw whole people with replacement, because the decisions about one person are
not independent (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 8).
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]

BINS = 10
DRAWS = 1_000
RANKED = 300
"""Draws for the area under the curve, which costs a sort each."""
_LEAST = 1e-6
"""A chance nearer to 0 or 1 counts as this near, so that one surprise cannot cost infinitely much."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float

    def as_data(self) -> list[float]:
        return [self.value, self.low, self.high]


@dataclass(frozen=True, slots=True)
class Scores:
    """`auc` is nan when all outcomes are the same. `calibration_error` is in [0, 1]."""

    auc: Interval
    brier: Interval
    log_loss: Interval
    calibration_error: float

    def as_data(self) -> dict[str, Any]:
        return {
            "auc": None if np.isnan(self.auc.value) else self.auc.as_data(),
            "brier": self.brier.as_data(),
            "log_loss": self.log_loss.as_data(),
            "calibration_error": self.calibration_error,
        }


def score(truth: Numbers, chances: Numbers, people: Codes, seed: int = 0, draws: int = DRAWS) -> Scores:
    """All scores of chances (n,) for outcomes 0/1 (n,) of people (n,), given as codes from 0."""
    draw = weights(people, draws, seed)
    ranked = np.array([auc(truth, chances, each[people]) for each in draw[:RANKED]])
    low, high = _bounds(ranked[~np.isnan(ranked)])
    return Scores(
        auc=Interval(auc(truth, chances), low, high),
        brier=mean_interval(brier(truth, chances), people, draw),
        log_loss=mean_interval(log_loss(truth, chances), people, draw),
        calibration_error=calibration_error(truth, chances),
    )


def brier(truth: Numbers, chances: Numbers) -> Numbers:
    """The squared error of each chance."""
    return (chances - truth) ** 2


def log_loss(truth: Numbers, chances: Numbers) -> Numbers:
    """The negative log-likelihood of each outcome, in nats."""
    sure = np.clip(chances, _LEAST, 1 - _LEAST)
    return np.asarray(-np.log(np.where(truth > 0.5, sure, 1 - sure)))


def auc(truth: Numbers, chances: Numbers, weight: Numbers | None = None) -> float:
    """The chance that a buyer is ranked above another person, ties counting half; nan without both kinds."""
    _, place = np.unique(chances, return_inverse=True)
    counts = np.ones(len(truth)) if weight is None else weight
    yes = np.bincount(place, counts * truth)
    no = np.bincount(place, counts * (1 - truth))
    pairs = yes.sum() * no.sum()
    return float((yes * (np.cumsum(no) - no / 2)).sum() / pairs) if pairs else float("nan")


def calibration_error(truth: Numbers, chances: Numbers, bins: int = BINS) -> float:
    """The mean distance between promised and observed rates over equally wide bins, weighted by their sizes."""
    place = np.minimum((chances * bins).astype(np.int64), bins - 1)
    return float(np.abs(np.bincount(place, chances - truth, bins)).sum() / len(truth))


def beyond(better: Numbers, worse: Numbers, people: Codes, seed: int = 0, draws: int = DRAWS) -> Interval:
    """By how much one's loss is smaller than the other's on the same decisions, in the mean."""
    return mean_interval(worse - better, people, weights(people, draws, seed))


def mean_interval(values: Numbers, people: Codes, draw: Numbers) -> Interval:
    """The mean of values (n,), with its interval over drawn people (draws, number of people)."""
    size = draw.shape[1]
    sums, counts = np.bincount(people, values, size), np.bincount(people, minlength=size)
    low, high = _bounds((draw @ sums) / (draw @ counts))
    return Interval(float(values.mean()), low, high)


def weights(people: Codes, draws: int, seed: int) -> Numbers:
    """How often each person is drawn, (draws, number of people): as many people as there are, with replacement."""
    size = int(people.max()) + 1
    rng = np.random.default_rng(seed)
    return rng.multinomial(size, np.full(size, 1 / size), size=draws).astype(np.float64)


def expected_error(chances: Numbers, seed: int = 0, draws: int = 200) -> float:
    """The calibration error that these chances would show if they were exactly right: what chance alone makes of it."""
    rng = np.random.default_rng(seed)
    errors = [calibration_error((rng.random(len(chances)) < chances).astype(np.float64), chances) for _ in range(draws)]
    return float(np.mean(errors))


def _bounds(drawn: Numbers) -> tuple[float, float]:
    if not len(drawn):
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
