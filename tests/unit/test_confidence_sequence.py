"""The confidence sequence is as narrow as its paper says, and holds at all looks together."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.confidence_sequence import always_valid, critical
from core.learning.proportions import Difference


def test_the_critical_value_at_the_planned_number() -> None:
    """By hand: rho^2 t = 7.936 at alpha 0.05, so the value is sqrt(2 * 8.936 / 7.936 * log(sqrt(8.936) / 0.05))."""
    assert critical(500.0, 500, 0.05) == pytest.approx(3.0353, abs=1e-3)


@given(st.floats(1, 1e7), st.floats(1, 1e7), st.floats(1e-4, 0.5))
def test_it_is_always_wider_than_a_single_look(people: float, planned: float, alpha: float) -> None:
    reach = critical(people, planned, alpha)
    assert reach > math.sqrt(2 * math.log(1 / alpha)) * 0.999
    assert reach >= critical(planned, planned, alpha) * 0.95


@given(st.floats(100, 1e6))
def test_the_interval_is_about_its_narrowest_where_it_was_planned(planned: float) -> None:
    """In standard errors; the square root of people makes everything narrower with time."""
    here = critical(planned, planned, 0.05)
    assert here < critical(planned / 4, planned, 0.05)
    assert here < critical(planned * 20, planned, 0.05)


def test_nobody_means_anything_is_possible() -> None:
    interval = always_valid(Difference(0.0, math.inf, 0), 1000, 0.05)
    assert (interval.low, interval.high) == (-1, 1)


@pytest.mark.parametrize(("planned", "alpha"), [(0, 0.05), (10, 0.0), (10, 1.0)])
def test_plans_that_make_no_sense_are_refused(planned: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        critical(1.0, planned, alpha)


def test_a_hundred_looks_are_wrong_in_no_more_than_five_per_cent() -> None:
    """And a single look's interval, looked at as often, is wrong in every third experiment."""
    generator, looks, step = np.random.default_rng(7), 100, 50
    people: npt.NDArray[np.float64] = np.arange(1, looks + 1, dtype=np.float64) * step
    rates = [generator.binomial(step, 0.1, (2000, looks)).cumsum(axis=1) / people for _ in range(2)]
    error = np.sqrt(sum(rate * (1 - rate) for rate in rates) / people)
    scores = np.abs(rates[1] - rates[0]) / np.maximum(error, 1e-9)
    reach = critical(2.0 * people, 2 * step * looks, 0.05)
    assert np.mean((scores > reach).any(axis=1)) <= 0.05
    assert np.mean((scores > 1.96).any(axis=1)) > 0.3
