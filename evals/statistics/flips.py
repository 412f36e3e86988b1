"""Conversations that passed in one run and failed in the other: are they more than coins would give?

Source: McNemar, Psychometrika 12 (1947); the exact two-sided form is the sign test on the flips (Agresti, Categorical
Data Analysis, 11.1). Six flips of one direction are significant at 5 %, five are not.
"""

from math import comb

LEVEL = 0.05


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value; 1 when nothing flipped."""
    if gained < 0 or lost < 0:
        raise ValueError(f"{gained} and {lost} cannot be numbers of flips")
    flips, fewer = gained + lost, min(gained, lost)
    tail = sum(comb(flips, each) for each in range(fewer + 1))
    return float(min(1.0, 2 * tail / 2**flips))


def fewest_flips(level: float = LEVEL) -> int:
    """How many flips of one direction, and none of the other, are needed to be significant."""
    return next(number for number in range(1, 1_000) if mcnemar(number, 0) <= level)
