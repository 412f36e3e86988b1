"""The geometry of an interval plot: where its lines, dots and ticks stand, for a template to draw as SVG.

One row a comparison; the horizontal axis is the difference in percentage points. Everything is in the units of a view
box that is 760 wide.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from core.learning.proportions import Interval

WIDTH, LEFT, RIGHT, TOP, ROW, FOOT = 760, 190, 24, 26, 46, 40


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be drawn; differences in shares of people."""

    label: str
    estimate: float
    always: Interval
    fixed: Interval


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a row, from x1 to x2."""

    x1: float
    x2: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row at height y: its dot, its two intervals."""

    label: str
    y: float
    dot: float
    always: Line
    fixed: Line


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot of this height. `ticks` are (x, text), `zero` and `worth` the x of no effect and of one worth having."""

    height: float
    bottom: float
    rows: tuple[Drawn, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float
    worth: float | None
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP


def plot(rows: Sequence[Row], worth: float | None = None) -> Plot:
    """Lay out the rows on a common axis that shows zero and, if given, the effect that is worth having."""
    ends = [end for row in rows for side in (row.always, row.fixed) for end in (side.low, side.high)]
    low, high = min([0.0, *ends]), max([0.0, worth or 0.0, *ends])
    margin = (high - low or 0.02) * 0.06
    low, high = low - margin, high + margin

    def x(value: float) -> float:
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 2)

    def line(interval: Interval) -> Line:
        return Line(x(interval.low), x(interval.high))

    bottom = TOP + ROW * len(rows)
    drawn = tuple(
        Drawn(row.label, TOP + ROW * (place + 0.5), x(row.estimate), line(row.always), line(row.fixed))
        for place, row in enumerate(rows)
    )
    ticks = tuple((x(value), _text(value)) for value in _ticks(low, high))
    return Plot(bottom + FOOT, bottom, drawn, ticks, x(0.0), x(worth) if worth is not None else None)


def _ticks(low: float, high: float) -> list[float]:
    """Round values at about six places; of a range too small to be divided, its lower end."""
    rough = (high - low) / 6
    if rough < sys.float_info.min:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _text(value: float) -> str:
    return f"{100 * value:+.4g}" if value else "0"
