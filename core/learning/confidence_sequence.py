"""Intervals that stay valid however often one looks, and whenever one stops.

The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit
theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), Theorem 2.2: Robbins' normal mixture around
an estimate whose errors are nearly normal. Its radius is a critical value times the estimate's standard error, where
1.96 would stand for a single look. The mixture is tuned to be narrowest at a number of people that must be set before
the data are seen; elsewhere it is wider, never wrong.
"""

import math

import numpy as np
import numpy.typing as npt

from core.learning.proportions import Difference, Interval


def critical(people: float | npt.NDArray[np.float64], planned: float, alpha: float) -> float | npt.NDArray[np.float64]:
    """How many standard errors the interval reaches to each side after so many people.

    `planned` is the number of people at which it is narrowest: about 3.03 at alpha 0.05, whatever the number.

    Raises:
        ValueError: alpha is not in (0, 1), or nobody is planned.
    """
    if not 0 < alpha < 1 or planned <= 0:
        raise ValueError(f"alpha should be in (0, 1) and planned above 0, not {alpha} and {planned}")
    grown = people * _mixture(planned, alpha) + 1.0
    reach: float | npt.NDArray[np.float64] = np.sqrt(2 * grown / (grown - 1.0) * np.log(np.sqrt(grown) / alpha))
    return reach


def always_valid(found: Difference, planned: float, alpha: float) -> Interval:
    """The interval of a difference in rates at any moment, with confidence 1 - alpha over all moments together."""
    if not found.people or not math.isfinite(found.error):
        return Interval(-1.0, 1.0)
    reach = float(critical(float(found.people), planned, alpha)) * found.error
    return Interval(found.estimate - reach, found.estimate + reach)


def _mixture(planned: float, alpha: float) -> float:
    """The mixture's variance that makes the sequence narrowest after `planned` people (rho squared in the paper)."""
    spent = -2 * math.log(alpha)
    return (spent + math.log(spent + 1)) / planned
