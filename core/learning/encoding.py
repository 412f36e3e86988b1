"""From named features to a matrix: numbers as they are, categories as one column a level.

What is missing stays missing (nan), which the trees take as an answer of its own. Levels that were rare in training, or
never seen, share none of the columns. The encoding is learned once, from the training rows only, and is kept with
the model, so that serving cannot differ from training.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.learning.scores import Numbers

Row = Mapping[str, Any]
"""Features by name: numbers, texts, or None for what is missing."""

MOST_LEVELS = 30


@dataclass(frozen=True, slots=True)
class Encoding:
    """`numeric` columns come first, then the levels of each categorical one."""

    numeric: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]

    @property
    def features(self) -> tuple[str, ...]:
        """The features' names, as they came."""
        return (*self.numeric, *self.levels)

    @property
    def width(self) -> int:
        return len(self.numeric) + sum(map(len, self.levels.values()))

    def columns_of(self, feature: str) -> list[int]:
        """The matrix columns that a feature became."""
        if feature in self.numeric:
            return [self.numeric.index(feature)]
        start = len(self.numeric)
        for name, levels in self.levels.items():
            if name == feature:
                return list(range(start, start + len(levels)))
            start += len(levels)
        raise KeyError(feature)

    def matrix(self, rows: Sequence[Row]) -> Numbers:
        """Shape (rows, width)."""
        return np.array([self._row(row) for row in rows], dtype=np.float64).reshape(len(rows), self.width)

    def _row(self, row: Row) -> list[float]:
        cells = [number(row.get(name)) for name in self.numeric]
        for name, levels in self.levels.items():
            value = category(row.get(name))
            cells.extend(1.0 if value == level else 0.0 for level in levels)
        return cells


def learn_encoding(rows: Sequence[Row], least: int = 1) -> Encoding:
    """The encoding of these rows: a column is numeric when all its values are numbers. A level needs `least` rows.

    Columns that never change are left out: they cannot tell anything.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    numeric, levels = [], {}
    for name in names:
        values = [row.get(name) for row in rows]
        if is_numeric(values):
            numeric += (
                [name] if len({number(value) for value in values if not _empty(value)}) > 1 or _gaps(values) else []
            )
        elif found := _levels(values, least):
            levels[name] = found
    return Encoding(tuple(numeric), levels)


def is_numeric(values: Sequence[Any]) -> bool:
    """Whether every value that is there is a number, and at least one is there."""
    there = [value for value in values if not _empty(value)]
    return bool(there) and all(isinstance(value, int | float) for value in there)


def number(value: Any) -> float:
    """The value as a finite number, or nan."""
    if isinstance(value, int | float):
        found = float(value)
        return found if math.isfinite(found) else math.nan
    return math.nan


def category(value: Any) -> str:
    """The value as the name of a level; empty when it is missing."""
    return "" if _empty(value) else str(value)


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _gaps(values: Sequence[Any]) -> bool:
    """Whether some are there and some are not, which may tell something too."""
    missing = sum(map(_empty, values))
    return 0 < missing < len(values)


def _levels(values: Sequence[Any], least: int) -> tuple[str, ...]:
    """The commonest levels; a missing value is a level, the empty one."""
    counts = Counter(map(category, values))
    if len(counts) < 2:
        return ()
    return tuple(sorted(level for level, count in counts.most_common(MOST_LEVELS) if count >= least))
