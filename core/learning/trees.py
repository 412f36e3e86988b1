"""Ensembles of decision trees as plain arrays, scored with numpy alone.

All trees lie in one row of nodes; a leaf leads to itself, so that scoring is a fixed number of equal steps for all rows
and trees at once. The arrays are numbers and can be stored as JSON: reading a model can never run code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.scores import Codes, Numbers

_AT_ONCE = 512
"""Rows scored together, so that the working memory stays small."""
_FARTHEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class Trees:
    """Node i asks `matrix[:, feature[i]] <= threshold[i]` and goes `left` or `right`; what is missing goes left where
    `missing_left` says so. `depth` steps reach every leaf. With `single` the matrix counts in single precision, as
    scikit-learn's forests read it.
    """

    roots: Codes
    feature: Codes
    threshold: Numbers
    left: Codes
    right: Codes
    missing_left: NDArray[np.bool_]
    value: Numbers
    depth: int
    single: bool

    def sums(self, matrix: Numbers) -> Numbers:
        """The sum over trees of the reached leaves' values, (rows,), for a matrix (rows, columns)."""
        parts = [self._sums(matrix[start : start + _AT_ONCE]) for start in range(0, len(matrix), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _sums(self, matrix: Numbers) -> Numbers:
        seen = matrix.astype(np.float32).astype(np.float64) if self.single else matrix
        missing, rows = np.isnan(seen), np.arange(len(seen))[:, None]
        node = np.broadcast_to(self.roots, (len(seen), len(self.roots)))
        for _ in range(self.depth):
            feature = self.feature[node]
            low = seen[rows, feature] <= self.threshold[node]
            goes_left = np.where(missing[rows, feature], self.missing_left[node], low)
            node = np.where(goes_left, self.left[node], self.right[node])
        return np.asarray(self.value[node].sum(axis=1))

    def as_data(self) -> dict[str, Any]:
        """The arrays as JSON values. Thresholds beyond all numbers are written as the greatest one."""
        return {
            "roots": self.roots.tolist(),
            "feature": self.feature.tolist(),
            "threshold": np.clip(self.threshold, -_FARTHEST, _FARTHEST).tolist(),
            "left": self.left.tolist(),
            "right": self.right.tolist(),
            "missing_left": self.missing_left.astype(int).tolist(),
            "value": self.value.tolist(),
            "depth": self.depth,
            "single": self.single,
        }


def read_trees(data: Mapping[str, Any], width: int) -> Trees:
    """The trees of `as_data` for a matrix of this width.

    Raises:
        KeyError, TypeError, ValueError: an array is missing, of the wrong form, or points outside.
    """
    trees = Trees(
        roots=np.array(data["roots"], dtype=np.int64),
        feature=np.array(data["feature"], dtype=np.int64),
        threshold=np.array(data["threshold"], dtype=np.float64),
        left=np.array(data["left"], dtype=np.int64),
        right=np.array(data["right"], dtype=np.int64),
        missing_left=np.array(data["missing_left"], dtype=np.bool_),
        value=np.array(data["value"], dtype=np.float64),
        depth=int(data["depth"]),
        single=bool(data["single"]),
    )
    nodes = len(trees.feature)
    sizes = {len(each) for each in (trees.threshold, trees.left, trees.right, trees.missing_left, trees.value)}
    if sizes != {nodes}:
        raise ValueError(f"the arrays of {nodes} nodes have lengths {sorted(sizes)}")
    for name, places, end in (
        ("roots", trees.roots, nodes),
        ("left", trees.left, nodes),
        ("right", trees.right, nodes),
        ("feature", trees.feature, width),
    ):
        if not len(places) or places.min() < 0 or places.max() >= end:
            raise ValueError(f"{name} should point below {end}")
    return trees
