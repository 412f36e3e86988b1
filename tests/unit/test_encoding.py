"""The matrix of features: numbers, levels, and what is missing."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.encoding import Encoding, learn_encoding

ROWS: list[dict[str, Any]] = [
    {"words": 3, "stage": "demo", "same": 1, "gap": None},
    {"words": 5.5, "stage": "", "same": 1, "gap": 2},
    {"words": None, "stage": "demo", "same": 1, "gap": 2},
    {"words": 1, "stage": "rare", "same": 1, "gap": 2},
]


def test_numbers_stay_and_levels_become_columns() -> None:
    encoding = learn_encoding(ROWS)
    assert encoding == Encoding(("words", "gap"), {"stage": ("", "demo", "rare")})
    nan = math.nan
    expected = [[3, nan, 0, 1, 0], [5.5, 2, 1, 0, 0], [nan, 2, 0, 1, 0], [1, 2, 0, 0, 1]]
    np.testing.assert_array_equal(encoding.matrix(ROWS), np.array(expected))
    assert encoding.columns_of("gap") == [1]
    assert encoding.columns_of("stage") == [2, 3, 4]
    with pytest.raises(KeyError):
        encoding.columns_of("same")


def test_rare_and_unseen_levels_have_no_column() -> None:
    encoding = learn_encoding(ROWS, least=2)
    assert encoding.levels == {"stage": ("demo",)}
    assert encoding.matrix([{"stage": "never seen"}, {}])[:, 2].tolist() == [0, 0]


def test_rows_of_nothing() -> None:
    assert learn_encoding([]).matrix([{}, {"x": 1}]).shape == (2, 0)


anything = st.one_of(st.none(), st.floats(), st.integers(-(10**12), 10**12), st.text(max_size=5), st.booleans())


@given(st.lists(st.dictionaries(st.sampled_from("abc"), anything), max_size=8), st.dictionaries(st.text(), anything))
def test_any_row_can_be_encoded(rows: list[dict[str, Any]], other: dict[str, Any]) -> None:
    encoding = learn_encoding(rows)
    matrix = encoding.matrix([*rows, other])
    assert matrix.shape == (len(rows) + 1, encoding.width)
    assert not np.isinf(matrix).any()
