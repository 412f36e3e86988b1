"""A split that is off is noticed; a sound one is left alone however often it is looked at."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.sample_ratio import Phase, check_split, log_bayes_factor

HALVES = {"a": 1.0, "b": 1.0}


def test_the_chi_square_of_a_textbook() -> None:
    """Mendel's round and wrinkled peas: 5474 and 1850 where 3 to 1 is expected, chi-square 0.263, p 0.608."""
    split = check_split([Phase({"round": 5474, "wrinkled": 1850}, {"round": 3, "wrinkled": 1})])
    assert split.p_value == pytest.approx(0.608, abs=1e-3)
    assert split.expected == {"round": 5493, "wrinkled": 1831}
    assert not split.alarm


@pytest.mark.parametrize(("counts", "p"), [((60, 40), 0.0455), ((50, 50, 80), 0.00674), ((40, 40, 60, 60), 0.0460)])
def test_chi_squares_of_several_arms(counts: tuple[int, ...], p: float) -> None:
    """Tail values of chi-square with 1, 2 and 3 degrees of freedom, from tables."""
    people = {str(place): count for place, count in enumerate(counts)}
    assert check_split([Phase(people, dict.fromkeys(people, 1.0))]).p_value == pytest.approx(p, rel=0.02)


def test_a_split_that_is_off_is_noticed() -> None:
    assert check_split([Phase({"a": 5300, "b": 4700}, HALVES)]).alarm
    assert check_split([Phase({"a": 9, "b": 91}, HALVES)]).alarm
    assert not check_split([Phase({"a": 5060, "b": 4940}, HALVES)]).alarm


def test_people_in_an_arm_without_weight_are_an_alarm() -> None:
    split = check_split([Phase({"a": 10, "b": 1}, {"a": 1.0})])
    assert (split.p_value, split.sequential_p, split.alarm) == (0, 0, True)


def test_each_phase_is_judged_by_its_own_weights() -> None:
    phases = [Phase({"a": 500, "b": 500}, HALVES), Phase({"a": 100, "b": 900}, {"a": 1.0, "b": 9.0})]
    split = check_split(phases)
    assert not split.alarm
    assert split.expected == {"a": 600, "b": 1400}
    assert check_split([Phase({"a": 600, "b": 1400}, HALVES)]).alarm


def test_nobody_is_no_alarm() -> None:
    assert not check_split([]).alarm
    assert check_split([Phase({}, HALVES)]).p_value == 1


@given(st.integers(0, 30))
def test_the_evidence_is_worth_one_in_expectation(total: int) -> None:
    """What makes repeated looks safe: on a sound split the expected Bayes factor is exactly 1."""
    shares = {"a": 0.3, "b": 0.7}
    expected = sum(
        math.comb(total, yes)
        * 0.3**yes
        * 0.7 ** (total - yes)
        * math.exp(log_bayes_factor(Phase({"a": yes, "b": total - yes}, shares)))
        for yes in range(total + 1)
    )
    assert expected == pytest.approx(1)


def test_a_hundred_looks_at_a_sound_split_seldom_alarm() -> None:
    generator = np.random.default_rng(3)
    seen = generator.binomial(100, 0.5, (500, 100)).cumsum(axis=1)
    total = np.arange(1, 101) * 100
    alarms = [
        any(check_split([Phase({"a": int(a), "b": int(n - a)}, HALVES)]).alarm for a, n in zip(row, total, strict=True))
        for row in seen
    ]
    assert np.mean(alarms) <= 0.01
