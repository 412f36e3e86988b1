"""How long to wait: growing, jittered, and never less than what was asked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.integrations.patience import FIRST_SECONDS, MOST_ASKED_SECONDS, MOST_SECONDS, asked_seconds, pause

chances = st.floats(0, 1, exclude_max=True)


@given(st.integers(-5, 10**6), st.none() | st.floats(0, 10**9), chances)
def test_a_wait_is_bounded_and_long_enough(tries: int, asked: float | None, chance: float) -> None:
    seconds = pause(tries, asked, lambda: chance).total_seconds()
    assert seconds >= FIRST_SECONDS / 2
    assert seconds >= min(asked or 0, MOST_ASKED_SECONDS) - 1e-6
    assert seconds <= max(MOST_SECONDS, min(asked or 0, MOST_ASKED_SECONDS)) + 1e-6


@given(st.integers(0, 40), chances)
def test_a_wait_never_shrinks_with_the_failures(tries: int, chance: float) -> None:
    assert pause(tries + 1, None, lambda: chance) >= pause(tries, None, lambda: chance)


@given(st.integers(0, 5), chances, chances)
def test_the_jitter_spreads_over_half_of_the_wait(tries: int, one: float, other: float) -> None:
    least, most = sorted((pause(tries, None, lambda: one), pause(tries, None, lambda: other)))
    assert most <= least * 2 + timedelta(microseconds=2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "-7"}, 0.0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({"retry-after-ms": "1500", "Retry-After": "9"}, 1.5),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 60.0),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT"}, None),
    ],
)
def test_what_a_service_asks_for_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_seconds(headers) == seconds
