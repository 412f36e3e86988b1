"""Trees in plain arrays: right by hand, and refused when damaged."""

from typing import Any

import numpy as np
import pytest

from core.learning.trees import read_trees

STUMP: dict[str, Any] = {
    "roots": [0],
    "feature": [0, 0, 0],
    "threshold": [0.5, 0, 0],
    "left": [1, 1, 2],
    "right": [2, 1, 2],
    "missing_left": [1, 0, 0],
    "value": [0, -1.5, 2.5],
    "depth": 1,
    "single": False,
}


def test_a_stump_by_hand() -> None:
    trees = read_trees(STUMP, 1)
    assert trees.sums(np.array([[0.4], [0.5], [0.6], [np.nan]])).tolist() == [-1.5, -1.5, 2.5, -1.5]
    assert trees.sums(np.zeros((0, 1))).tolist() == []


@pytest.mark.parametrize(
    "damage",
    [
        {"left": [9, 1, 2]},
        {"right": [-1, 1, 2]},
        {"feature": [1, 0, 0]},
        {"roots": []},
        {"value": [1]},
        {"threshold": ["x", 0, 0]},
    ],
)
def test_damaged_arrays_are_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        read_trees(STUMP | damage, 1)
