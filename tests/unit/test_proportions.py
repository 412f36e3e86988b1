"""Rates and their differences: published examples, invariants, and coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.proportions import (
    Count,
    Stratum,
    chances_to_be_best,
    difference,
    newcombe,
    posterior,
    wilson,
)

counts = st.integers(1, 400).flatmap(lambda people: st.integers(0, people).map(lambda yes: Count(yes, people)))
strata = st.lists(st.builds(Stratum, counts, counts), min_size=1, max_size=3)


def test_a_published_interval_of_a_rate() -> None:
    """Newcombe (1998, part one): 81 of 263, score interval 0.2553 to 0.3662."""
    interval = wilson(Count(81, 263), 0.05)
    assert (interval.low, interval.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize(
    ("arm", "control", "low", "high"),
    [
        (Count(56, 70), Count(48, 80), 0.0524, 0.3339),
        (Count(9, 10), Count(3, 10), 0.1705, 0.8090),
        (Count(10, 10), Count(0, 20), 0.6791, 1.0),
    ],
)
def test_published_intervals_of_a_difference(arm: Count, control: Count, low: float, high: float) -> None:
    """Newcombe (1998, part two), table II, method 10."""
    interval = newcombe([Stratum(control, arm)], 0.05)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@given(strata, st.floats(0.001, 0.5))
def test_an_interval_holds_its_estimate_and_narrows_with_less_confidence(given_: list[Stratum], alpha: float) -> None:
    estimate, wide, narrow = difference(given_).estimate, newcombe(given_, alpha), newcombe(given_, min(2 * alpha, 0.9))
    assert wide.low <= narrow.low <= estimate + 1e-9
    assert estimate - 1e-9 <= narrow.high <= wide.high


@given(counts, counts)
def test_swapping_the_arms_turns_the_sign(one: Count, other: Count) -> None:
    there, back = newcombe([Stratum(one, other)], 0.05), newcombe([Stratum(other, one)], 0.05)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_weights_that_changed_on_the_way_do_not_turn_an_effect_around() -> None:
    """Simpson's paradox: equal rates in both halves, but the arm was shown more when everybody bought more."""
    calm, sale = Stratum(Count(45, 900), Count(5, 100)), Stratum(Count(30, 100), Count(270, 900))
    pooled = Stratum(calm.control + sale.control, calm.arm + sale.arm)
    assert difference([pooled]).estimate > 0.1
    assert difference([calm, sale]).estimate == pytest.approx(0)


def test_people_without_a_counterpart_are_not_compared() -> None:
    plain = Stratum(Count(10, 100), Count(20, 100))
    alone = Stratum(Count(0, 0), Count(900, 1000))
    assert difference([plain, alone]) == difference([plain])
    assert newcombe([plain, alone], 0.05) == newcombe([plain], 0.05)
    nothing = newcombe([alone], 0.05)
    assert (nothing.low, nothing.high) == (-1, 1)


def test_intervals_cover_as_often_as_they_say() -> None:
    generator = np.random.default_rng(1)
    rates = (0.08, 0.1)
    covered = 0
    for _ in range(2000):
        control, arm = (Count(int(generator.binomial(500, rate)), 500) for rate in rates)
        interval = newcombe([Stratum(control, arm)], 0.05)
        covered += interval.low <= rates[1] - rates[0] <= interval.high
    assert 0.94 <= covered / 2000 <= 0.965


def test_chances_add_up_and_agree_with_the_exact_one() -> None:
    generator = np.random.default_rng(1)
    draws = [posterior([(1.0, count)], 200_000, generator) for count in (Count(1, 2), Count(2, 2))]
    chances = chances_to_be_best(draws)
    assert sum(chances) == pytest.approx(1)
    # Beta(3, 1) above Beta(2, 2): the integral of (3x^2 - 2x^3) 3x^2 over [0, 1] is 0.8.
    assert chances[1] == pytest.approx(0.8, abs=0.005)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        Count(3, 2)
