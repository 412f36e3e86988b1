"""An interval plot shows everything inside its frame, in the right order."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.commands.interval_plot import LEFT, RIGHT, WIDTH, Row, plot
from core.learning.proportions import Interval

shares = st.floats(-1, 1)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    low, inner_low, estimate, inner_high, high = sorted(draw(st.tuples(*[shares] * 5)))
    return Row("arm", estimate, Interval(low, high), Interval(inner_low, inner_high))


@example([Row("arm", 0.0, Interval(0.0, 5e-324), Interval(0.0, 0.0))], None)
@given(st.lists(rows(), min_size=1, max_size=6), st.none() | st.floats(0.001, 1))
def test_everything_is_inside_and_in_order(given_: list[Row], worth: float | None) -> None:
    drawn = plot(given_, worth)
    for row in drawn.rows:
        places = (LEFT, row.always.x1, row.fixed.x1, row.dot, row.fixed.x2, row.always.x2, WIDTH - RIGHT)
        assert list(places) == sorted(places)
        assert 0 < row.y < drawn.bottom < drawn.height
    assert all(LEFT <= x <= WIDTH - RIGHT for x, _ in drawn.ticks)
    assert LEFT <= drawn.zero <= WIDTH - RIGHT
    assert (drawn.worth is None) == (worth is None)


def test_ticks_are_round_numbers_of_points() -> None:
    drawn = plot([Row("arm", 0.012, Interval(-0.01, 0.034), Interval(0.0, 0.024))], 0.016)
    assert [text for _, text in drawn.ticks] == ["-1", "0", "+1", "+2", "+3"]
    assert {text: x for x, text in drawn.ticks}["0"] == pytest.approx(drawn.zero)


def test_nothing_to_draw_is_no_error() -> None:
    assert plot([]).rows == ()
