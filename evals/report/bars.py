"""Small drawings of intervals, as positions in percent of a bar's width; the page's style sheet does the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from evals.statistics.clustered import Estimate


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval from `left` over `width`, its value at `dot`, and zero at `zero`: all in percent of the drawing."""

    left: float
    width: float
    dot: float
    zero: float


def share_bar(found: Estimate, least: float = 0.0) -> Bar:
    """A share, on a scale from `least` to 1."""
    return _bar(found, least, 1.0)


def floor_of(shares: Iterable[Estimate | None]) -> float:
    """Where a scale of shares begins that holds every interval: at full ten percent, and never near the end."""
    lowest = min((found.low for found in shares if found), default=0.0)
    return max(0.0, min(0.9, floor(lowest * 10 + 1e-9) / 10))


def change_bar(found: Estimate, reach: float) -> Bar:
    """A difference, on a scale from -reach to reach."""
    return _bar(found, -reach, reach)


def reach_of(changes: Iterable[Estimate]) -> float:
    """A scale that holds every interval: the next full five points."""
    widest = max((max(abs(found.low), abs(found.high)) for found in changes), default=0.0)
    return max(0.05, ceil(widest * 20 - 1e-9) / 20)


def _bar(found: Estimate, low: float, high: float) -> Bar:
    def place(value: float) -> float:
        return round(100 * (min(max(value, low), high) - low) / (high - low), 2)

    return Bar(place(found.low), round(place(found.high) - place(found.low), 2), place(found.value), place(0.0))
