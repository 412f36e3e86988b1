"""Small drawings of intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.report.bars import change_bar, floor_of, reach_of, share_bar
from evals.statistics.clustered import Estimate

Shares = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)


def _estimate(low: float, value: float, high: float) -> Estimate:
    return Estimate(value, low, high, 0.1, 10, 10)


@given(Shares)
def test_an_interval_lies_within_its_drawing_and_holds_its_dot(values: list[float]) -> None:
    found = _estimate(*values)
    for drawing in (share_bar(found, floor_of([found])), change_bar(found, reach_of([found]))):
        assert 0 <= drawing.left <= drawing.dot + 0.01 and drawing.left + drawing.width <= 100.01
        assert drawing.dot <= drawing.left + drawing.width + 0.02


def test_scales_are_round_and_hold_everything() -> None:
    assert reach_of([_estimate(-0.12, 0, 0.04)]) == pytest.approx(0.15) and reach_of([]) == 0.05
    assert floor_of([_estimate(0.83, 0.9, 1), None]) == pytest.approx(0.8) and floor_of([_estimate(1, 1, 1)]) == 0.9
    assert floor_of([]) == 0 and change_bar(_estimate(-0.1, 0, 0.1), 0.1).zero == 50
