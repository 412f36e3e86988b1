"""What a suite is too small to see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.statistics.detecting import by_counting, detectable, detected
from evals.statistics.flips import mcnemar

Plays = st.lists(st.tuples(st.integers(0, 8), st.integers(8, 12)), min_size=1, max_size=60)


def test_a_hundred_scenarios_of_four_plays_see_nine_points() -> None:
    """At a pass rate of about 0.7, in twenty clusters."""
    rng = np.random.default_rng(1)
    plays = [(int(rng.binomial(4, rate)), 4) for rate in rng.beta(7, 3, 100)]
    assert detectable(plays, 20) == pytest.approx(0.093, abs=0.005)


@given(Plays)
def test_more_of_the_same_never_sees_less(plays: list[tuple[int, int]]) -> None:
    small, large = detectable(plays, 20), detectable(plays * 4, 20)
    assert small is not None and large is not None and 0 < large <= small <= 1


def test_a_quiet_suite_is_still_bounded_by_counting() -> None:
    assert detectable([(1, 1)] * 32, 32) == pytest.approx(by_counting(32)) == pytest.approx(0.236, abs=0.002)
    assert detectable([(1, 1)] * 5, 5) == 1.0 and detectable([], 9) is None and detectable([(0, 0)], 9) is None
    assert detected(0.0, 256, 20) == by_counting(256) and detected(0.0, 256, 1) == 1.0
    assert detected(0.1, 256, 10_000) == pytest.approx(2.802 * 0.1 + 1 / 256, abs=0.001)


def test_at_that_rate_mcnemar_believes_the_flips_in_four_of_five_cases() -> None:
    rng = np.random.default_rng(2)
    flips = rng.binomial(60, by_counting(60), 4_000)
    assert np.mean([mcnemar(int(count), 0) <= 0.05 for count in flips]) == pytest.approx(0.8, abs=0.02)
