"""Spans and moments as scenarios write them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.durations import moment, span
from tests.evaluations import NOW, make_scenario


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2 days", timedelta(days=2)), ("1 minute", timedelta(minutes=1)), ("-1 week", timedelta(weeks=-1))],
)
def test_a_span_is_read(text: str, expected: timedelta) -> None:
    assert span(text) == expected


@given(number=st.integers(-10_000, 10_000), unit=st.sampled_from(["second", "minute", "hour", "day", "week"]))
def test_a_moment_from_now_is_as_far_away_as_its_span(number: int, unit: str) -> None:
    assert moment(f"{number} {unit}s", NOW) - NOW == timedelta(**{f"{unit}s": number})


def test_a_moment_may_be_given_itself() -> None:
    assert moment("2026-11-30T23:59:00+00:00", NOW) == datetime.fromisoformat("2026-11-30T23:59:00+00:00")


@pytest.mark.parametrize("text", ["soon", "2026-11-30", "2026-11-30T10:00:00", "3 fortnights"])
def test_what_is_neither_is_refused_with_what_would_be_right(text: str) -> None:
    offer = {"course": "ia-para-profesionales", "kind": "discount", "name": "x", "percent_off": 5, "ends": text}
    with pytest.raises(ValueError, match="should be a span from the world's now"):
        make_scenario(world={"offers": [offer]})
