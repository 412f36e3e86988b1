"""Other looks at honesty: right about exact chances, and about chances that are wrong by a known amount."""

import numpy as np
import pytest

from core.learning.scores import Numbers, calibration_error
from evals.benchmarks.calibration import debiased_error, equal_mass_error, recalibration


def people(number: int, seed: int) -> tuple[Numbers, Numbers]:
    """Outcomes, and the chances that they really had."""
    rng = np.random.default_rng(seed)
    chances = rng.uniform(0.2, 0.8, number)
    return (rng.random(number) < chances).astype(np.float64), chances


def test_exact_chances_have_no_error_on_average_but_show_one_over_bins() -> None:
    samples = [people(1_000, seed) for seed in range(200)]
    squares = [np.sign(error) * error**2 for error in (debiased_error(*each) for each in samples)]
    assert np.mean(squares) == pytest.approx(0.0, abs=3 * np.std(squares) / np.sqrt(len(squares)))
    assert np.mean([equal_mass_error(*each) for each in samples]) > 0.02
    assert np.mean([calibration_error(*each) for each in samples]) > 0.02


def test_chances_that_are_all_too_high_are_off_by_that_much() -> None:
    truth, chances = people(50_000, 1)
    assert debiased_error(truth, chances + 0.1) == pytest.approx(0.1, abs=0.01)
    assert equal_mass_error(truth, chances + 0.1) == pytest.approx(0.1, abs=0.01)


def test_the_curve_tells_what_is_wrong() -> None:
    truth, chances = people(50_000, 2)
    good = recalibration(truth, chances)
    assert (good.slope, good.shift) == pytest.approx((1.0, 0.0), abs=0.05)
    shy = recalibration(truth, 0.5 + 0.5 * (chances - 0.5))
    assert shy.slope > 1.5


def test_bins_are_of_equal_size_however_few_people_there_are() -> None:
    assert equal_mass_error(np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.5, 0.5])) == pytest.approx(0.5 / 3)
    assert debiased_error(np.array([1.0, 1.0]), np.array([0.9, 0.9])) == pytest.approx(0.1)
