"""Calibration: finds the curve that is there, and the base rate where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.platt import fit_curve, log_odds, logistic


def test_a_planted_curve_is_found() -> None:
    rng = np.random.default_rng(0)
    raw = rng.normal(0, 2, 20_000)
    truth = (rng.random(20_000) < logistic(0.5 * raw - 1)).astype(float)
    curve = fit_curve(raw, truth)
    assert curve.slope == pytest.approx(0.5, abs=0.03)
    assert curve.shift == pytest.approx(-1, abs=0.05)


def test_noise_gives_the_base_rate() -> None:
    rng = np.random.default_rng(1)
    truth = (rng.random(5_000) < 0.2).astype(float)
    assert fit_curve(rng.normal(size=5_000), truth).chances(np.array([-3.0, 3.0])) == pytest.approx(0.2, abs=0.05)


def test_an_upside_down_ranking_is_noise() -> None:
    truth = np.array([1.0] * 50 + [0.0] * 50)
    curve = fit_curve(np.linspace(-1, 1, 100), truth)
    assert curve.slope == 0
    assert curve.chances(np.array([-9.0, 9.0])) == pytest.approx(0.5)


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.sampled_from([0.0, 1.0])), min_size=2, max_size=40),
)
def test_any_input_gives_chances_that_keep_the_order(cases: list[tuple[float, float]]) -> None:
    raw, truth = (np.array(column) for column in zip(*cases, strict=True))
    chances = fit_curve(raw, truth).chances(np.sort(raw))
    assert np.isfinite(chances).all()
    assert ((chances > 0) & (chances < 1)).all()
    assert (np.diff(chances) >= 0).all()


def test_perfect_separation_stays_finite() -> None:
    raw = np.array([-1.0] * 30 + [1.0] * 30)
    low, high = fit_curve(raw, (raw > 0).astype(float)).chances(np.array([-1.0, 1.0]))
    assert 0 < low < 0.05
    assert 0.95 < high < 1


@given(st.floats(0.001, 0.999))
def test_log_odds_and_back(chance: float) -> None:
    assert logistic(log_odds(np.array([chance])))[0] == pytest.approx(chance)
