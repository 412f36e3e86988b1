"""Rates of yes-or-no outcomes, and the difference between two of them.

Arms are compared within strata of people who had the same chances of being assigned (the weights of an experiment may
change while it runs), and the strata's differences are added up with their shares of people. With one stratum that is
the plain comparison. People of a stratum that lacks an arm are not comparable and drop out.

Sources: Wilson, JASA 22 (1927), for one rate; Newcombe, Statistics in Medicine 17 (1998), method 10, for a difference,
and Zou and Donner, Statistics in Medicine 27 (2008), for sums of differences by the same idea; Agresti and Caffo, The
American Statistician 54 (2000), for the standard error; the chance to win is the textbook Beta-Binomial model with
uniform priors (Gelman et al., Bayesian Data Analysis, 2.1).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of `people` did it."""

    yes: int
    people: int

    def __post_init__(self) -> None:
        if not 0 <= self.yes <= self.people:
            raise ValueError(f"a count should be between 0 and its people, not {self.yes} of {self.people}")

    @property
    def rate(self) -> float:
        """The share of yes; 0 of nobody is 0."""
        return self.yes / self.people if self.people else 0.0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.yes + other.yes, self.people + other.people)


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that the data leave standing, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """Two arms' counts of people who had the same chances."""

    control: Count
    arm: Count


@dataclass(frozen=True, slots=True)
class Difference:
    """Arm minus control, in shares of people, with its standard error; `people` are those of both arms."""

    estimate: float
    error: float
    people: int


def wilson(count: Count, alpha: float) -> Interval:
    """The score interval of one rate with confidence 1 - alpha; all of [0, 1] for nobody."""
    if not count.people:
        return Interval(0.0, 1.0)
    z, n, p = quantile(1 - alpha / 2), count.people, count.rate
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(min(max(centre - reach, 0.0), p), max(min(centre + reach, 1.0), p))


def comparable(strata: Sequence[Stratum]) -> list[tuple[float, Stratum]]:
    """The strata that hold people of both arms, each with its share of them."""
    kept = [stratum for stratum in strata if stratum.control.people and stratum.arm.people]
    total = sum(stratum.control.people + stratum.arm.people for stratum in kept)
    return [((stratum.control.people + stratum.arm.people) / total, stratum) for stratum in kept]


def difference(strata: Sequence[Stratum]) -> Difference:
    """The weighted difference with its normal standard error. Nobody to compare gives an infinite error."""
    kept = comparable(strata)
    if not kept:
        return Difference(0.0, math.inf, 0)
    estimate = sum(share * (stratum.arm.rate - stratum.control.rate) for share, stratum in kept)
    variance = sum(share**2 * (_variance(stratum.arm) + _variance(stratum.control)) for share, stratum in kept)
    people = sum(stratum.control.people + stratum.arm.people for _, stratum in kept)
    return Difference(estimate, math.sqrt(variance), people)


def newcombe(strata: Sequence[Stratum], alpha: float) -> Interval:
    """The hybrid score interval of the weighted difference, valid for one look at a number of people set before."""
    kept = comparable(strata)
    if not kept:
        return Interval(-1.0, 1.0)
    estimate = sum(share * (stratum.arm.rate - stratum.control.rate) for share, stratum in kept)
    below = above = 0.0
    for share, stratum in kept:
        arm, control = wilson(stratum.arm, alpha), wilson(stratum.control, alpha)
        below += share**2 * ((stratum.arm.rate - arm.low) ** 2 + (control.high - stratum.control.rate) ** 2)
        above += share**2 * ((arm.high - stratum.arm.rate) ** 2 + (stratum.control.rate - control.low) ** 2)
    return Interval(estimate - math.sqrt(below), estimate + math.sqrt(above))


def posterior(counts: Sequence[tuple[float, Count]], draws: int, generator: np.random.Generator) -> Draws:
    """Draws of an arm's rate, shape (draws,): Beta posteriors of its strata, added up with the given shares."""
    rates = np.zeros(draws)
    for share, count in counts:
        rates += share * generator.beta(1 + count.yes, 1 + count.people - count.yes, draws)
    return rates


def chances_to_be_best(rates: Sequence[Draws]) -> list[float]:
    """For each arm the share of draws in which its rate is the highest."""
    best = np.argmax(np.stack(list(rates)), axis=0)
    return [float(np.mean(best == place)) for place in range(len(rates))]


def quantile(probability: float) -> float:
    """The standard normal quantile."""
    return NormalDist().inv_cdf(probability)


def _variance(count: Count) -> float:
    """A rate's variance with one yes and one no added, so that three of three are not taken for a certainty."""
    rate = (count.yes + 1) / (count.people + 2)
    return rate * (1 - rate) / (count.people + 2)
