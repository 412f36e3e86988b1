"""How many people an experiment needs, and what a number of people can show.

The usual normal approximation for two rates in groups of the same size (Fleiss, Levin and Paik, Statistical Methods for
Rates and Proportions, 2003, chapter 4, without correction for continuity). `critical` is how many standard errors a
difference must have: 1.96 for one look at 5 %, about 3.03 for the sequence that may be looked at all the time, which
therefore needs about twice the people at the latest, and stops earlier when the effect is larger.
"""

import math
from statistics import NormalDist

from core.learning.proportions import quantile

POWER = 0.8


def single_look(alpha: float) -> float:
    """The critical value of a two-sided test that is made once."""
    return quantile(1 - alpha / 2)


def people_needed(baseline: float, lift: float, critical: float, power: float = POWER) -> int:
    """People in each arm for a chance of `power` to tell baseline from baseline * (1 + lift).

    Raises:
        ValueError: a rate outside (0, 1), or no lift.
    """
    raised = baseline * (1 + lift)
    if not (0 < baseline < 1 and 0 < raised < 1) or not lift:
        raise ValueError(f"both rates should be inside (0, 1) and differ, not {baseline} and {raised}")
    spread = baseline * (1 - baseline) + raised * (1 - raised)
    return math.ceil((critical + quantile(power)) ** 2 * spread / (raised - baseline) ** 2)


def power_of(baseline: float, lift: float, people: int, critical: float) -> float:
    """The chance to tell the two apart with so many people in each arm, at the last look alone."""
    raised = baseline * (1 + lift)
    error = math.sqrt((baseline * (1 - baseline) + raised * (1 - raised)) / people)
    return NormalDist().cdf(abs(raised - baseline) / error - critical)


def smallest_lift(baseline: float, people: int, critical: float, power: float = POWER) -> float | None:
    """The smallest relative lift that so many people in each arm would show; None when no rate below 1 would do."""
    low, high = 0.0, (1 - baseline) / baseline * (1 - 1e-9)
    if power_of(baseline, high, people, critical) < power:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if power_of(baseline, middle, people, critical) >= power else (middle, high)
    return high
