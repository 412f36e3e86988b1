"""Scores: right on cases that can be counted by hand, and intervals that cover."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning import scores

TRUTH = np.array([1.0, 0.0, 1.0, 0.0])


def test_ranking_counts_pairs_and_ties_half() -> None:
    assert scores.auc(TRUTH, np.array([0.9, 0.1, 0.8, 0.2])) == 1.0
    assert scores.auc(TRUTH, np.array([0.1, 0.9, 0.2, 0.8])) == 0.0
    assert scores.auc(TRUTH, np.full(4, 0.3)) == 0.5
    assert scores.auc(TRUTH, np.array([0.9, 0.5, 0.5, 0.1])) == pytest.approx(3.5 / 4)
    assert math.isnan(scores.auc(np.ones(3), np.array([0.1, 0.2, 0.3])))


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.floats(0, 1), st.integers(0, 3)), min_size=2, max_size=30))
def test_a_weight_counts_like_so_many_copies(cases: list[tuple[float, float, int]]) -> None:
    truth, chances, weight = (np.array(column, dtype=np.float64) for column in zip(*cases, strict=True))
    copies = weight.astype(int)
    weighted = scores.auc(truth, chances, weight)
    copied = scores.auc(np.repeat(truth, copies), np.repeat(chances, copies))
    assert weighted == pytest.approx(copied, nan_ok=True)


def test_losses_by_hand() -> None:
    chances = np.array([0.8, 0.2, 0.5, 1.0])
    assert scores.brier(TRUTH, chances).tolist() == pytest.approx([0.04, 0.04, 0.25, 1.0])
    losses = scores.log_loss(TRUTH, chances)
    assert losses[:3].tolist() == pytest.approx([-math.log(0.8), -math.log(0.8), math.log(2)])
    assert 13 < losses[3] < 14


def test_calibration_error_by_hand() -> None:
    chances = np.array([0.05, 0.05, 0.95, 0.95])
    assert scores.calibration_error(np.array([0.0, 0, 1, 1]), chances) == pytest.approx(0.05)
    assert scores.calibration_error(np.array([1.0, 1, 0, 0]), chances) == pytest.approx(0.95)
    assert scores.calibration_error(np.array([1.0]), np.array([1.0])) == 0


def test_exact_chances_show_what_is_expected_of_them() -> None:
    rng = np.random.default_rng(1)
    chances = rng.uniform(0.2, 0.8, 2000)
    shown = scores.calibration_error((rng.random(2000) < chances).astype(float), chances)
    assert 0.3 < shown / scores.expected_error(chances) < 3


def test_an_interval_over_people_is_wider_when_their_rows_are_alike() -> None:
    rng = np.random.default_rng(2)
    people = np.repeat(np.arange(50), 10)
    values = np.repeat(rng.normal(size=50), 10)
    by_person = scores.mean_interval(values, people, scores.weights(people, 500, 0))
    by_row = scores.mean_interval(values, np.arange(500), scores.weights(np.arange(500), 500, 0))
    assert by_person.high - by_person.low > 2 * (by_row.high - by_row.low)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for seed in range(200):
        people = np.repeat(np.arange(60), 3)
        values = np.repeat(rng.normal(size=60), 3) + rng.normal(size=180)
        interval = scores.mean_interval(values, people, scores.weights(people, 300, seed))
        covered += interval.low <= 0 <= interval.high
    assert 180 <= covered <= 198


def test_the_better_one_is_told_from_the_worse_only_when_it_is() -> None:
    rng = np.random.default_rng(4)
    losses, people = rng.random(300), np.arange(300)
    assert scores.beyond(losses - 0.05, losses, people).low > 0
    told = [scores.beyond(rng.random(300), rng.random(300), people, seed, draws=200).low > 0 for seed in range(300)]
    assert sum(told) <= 18


def test_all_scores_of_a_telling_predictor() -> None:
    rng = np.random.default_rng(5)
    chances = rng.uniform(0.05, 0.95, 800)
    truth = (rng.random(800) < chances).astype(float)
    found = scores.score(truth, chances, np.arange(800))
    assert found.auc.low < found.auc.value < found.auc.high
    assert found.brier.low < found.brier.value < found.brier.high < 0.25
    assert set(found.as_data()) == {"auc", "brier", "log_loss", "calibration_error"}
    same = scores.score(np.zeros(5), np.full(5, 0.1), np.arange(5))
    assert same.as_data()["auc"] is None
