"""The probability of being the best: against closed forms, against sampling, and its symmetries."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.thompson import ACCURACY, chances_of_best

means = st.floats(-1.0, 1.0)
deviations = st.floats(0.05, 1.0)


@given(st.lists(st.tuples(means, deviations), min_size=1, max_size=15))
def test_it_is_a_distribution(beliefs: list[tuple[float, float]]) -> None:
    chances = chances_of_best(*np.array(beliefs).T)
    assert math.isclose(chances.sum(), 1.0)
    assert chances.min() >= 0.0


@given(means, deviations, means, deviations)
def test_two_values_have_a_closed_form(one: float, wide: float, other: float, narrow: float) -> None:
    expected = NormalDist().cdf((one - other) / math.hypot(wide, narrow))
    assert chances_of_best(np.array([one, other]), np.array([wide, narrow]))[0] == pytest.approx(expected, abs=ACCURACY)


@given(st.integers(2, 15), means, deviations)
def test_equal_beliefs_are_equally_likely(number: int, mean: float, deviation: float) -> None:
    chances = chances_of_best(np.full(number, mean), np.full(number, deviation))
    assert chances == pytest.approx(1 / number, abs=1e-12)


@given(st.lists(st.tuples(means, deviations), min_size=2, max_size=8), st.floats(-5.0, 5.0))
def test_only_differences_count(beliefs: list[tuple[float, float]], shift: float) -> None:
    mean, deviation = np.array(beliefs).T
    assert chances_of_best(mean + shift, deviation) == pytest.approx(chances_of_best(mean, deviation), abs=1e-9)


def test_sampling_agrees() -> None:
    rng = np.random.default_rng(1)
    mean, deviation = rng.normal(0, 0.3, 7), rng.uniform(0.05, 0.6, 7)
    drawn = (mean + deviation * rng.standard_normal((200_000, 7))).argmax(axis=1)
    shares = np.bincount(drawn, minlength=7) / 200_000
    assert chances_of_best(mean, deviation) == pytest.approx(shares, abs=5 * 0.5 / math.sqrt(200_000))
