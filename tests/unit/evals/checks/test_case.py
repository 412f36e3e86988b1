"""What all checks stand on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.checks import CHECKS
from evals.checks.case import holds, matches
from evals.checks.tool import ToolCheck


@given(count=st.integers(0, 50), wanted=st.integers(0, 50))
def test_how_often_is_compared_as_it_is_written(count: int, wanted: int) -> None:
    assert holds(count, wanted) == holds(count, str(wanted)) == (count == wanted)
    assert holds(count, f">={wanted}") == (count >= wanted)
    assert holds(count, f"<={wanted}") == (count <= wanted)


@pytest.mark.parametrize(
    ("row", "wanted", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [2]}}, True),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [3]}}, False),
        ({"amount": "199.20"}, {"amount": "199.20"}, True),
        ({"a": None}, {"a": None}, True),
        ({}, {"a": "None"}, False),
        ({"a": 5}, {"a": "5"}, True),
    ],
)
def test_a_row_matches_by_what_is_asked_of_it(row: dict[str, Any], wanted: dict[str, Any], expected: bool) -> None:
    assert matches(row, wanted) is expected


def test_each_kind_of_check_has_a_head_of_its_own() -> None:
    heads = [kind.head() for kind in CHECKS]
    assert len(heads) == len(set(heads)) and "tool" in heads


def test_a_check_is_told_on_one_line_without_its_gate() -> None:
    check = ToolCheck(tool="show_syllabus", times=2, gate="safety")
    assert check.line == "tool: show_syllabus, times: 2"
