"""The estimators against known truth: unbiased where everything can be enumerated, exact where they must be."""

import math
from collections.abc import Iterator
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.learning.offline_policy import (
    Estimate,
    Log,
    clustered_mean,
    clustered_ratio,
    cross_fitted,
    dm,
    dm_spread,
    dr,
    dr_gain,
    ips,
    on_policy,
    snips,
    student_quantile,
)
from core.learning.reward_model import Integers, Trials

Floats = NDArray[np.float64]

RATES = np.array([[0.1, 0.5, 0.9], [0.7, 0.2, 0.4]])
"""True rates of three arms in two situations."""
LOGGED = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6]])
WANTED = np.array([[0.1, 0.1, 0.8], [0.5, 0.25, 0.25]])
TRUTH = float((WANTED * RATES).sum(axis=1).mean())
GROUPS: Integers = np.array([0, 1], dtype=np.int64)

shares = st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3)


def log_of(arms: Integers, rewards: Floats, logged: Floats, leads: Integers | None = None) -> Log:
    number = len(arms)
    inputs = np.column_stack([np.ones(number), np.arange(number) % 2]).astype(np.float64)
    return Log(Trials(inputs, arms, rewards, np.arange(number) if leads is None else leads), logged)


def every_log() -> Iterator[tuple[float, Log]]:
    """Every way in which one decision in each of two situations can come out, with its probability."""
    for arms in product(range(3), repeat=2):
        for rewards in product((0.0, 1.0), repeat=2):
            chance = 1.0
            for place, (arm, reward) in enumerate(zip(arms, rewards, strict=True)):
                rate = RATES[place, arm]
                chance *= LOGGED[place, arm] * (rate if reward else 1 - rate)
            yield chance, log_of(np.array(arms), np.array(rewards), LOGGED)


def test_the_enumeration_is_whole() -> None:
    assert sum(chance for chance, _ in every_log()) == pytest.approx(1.0)


def test_ips_is_unbiased() -> None:
    assert sum(chance * ips(log, WANTED).value for chance, log in every_log()) == pytest.approx(TRUTH)


@given(st.lists(st.floats(-2.0, 2.0), min_size=6, max_size=6))
def test_dr_is_unbiased_whatever_the_model_says(predicted: list[float]) -> None:
    model = np.array(predicted).reshape(2, 3)
    assert sum(chance * dr(log, WANTED, model).value for chance, log in every_log()) == pytest.approx(TRUTH)


def test_the_gain_is_unbiased_too() -> None:
    earned = float((LOGGED * RATES).sum(axis=1).mean())
    gain = sum(chance * dr_gain(log, WANTED, 0 * RATES).value for chance, log in every_log())
    assert gain == pytest.approx(TRUTH - earned)


@given(st.lists(st.integers(0, 2), min_size=2, max_size=40))
def test_dr_is_exact_when_the_model_is(arms: list[int]) -> None:
    number = len(arms)
    places = np.arange(number) % 2
    rewards = RATES[places, arms]
    estimate = dr(log_of(np.array(arms), rewards, LOGGED[places]), WANTED[places], RATES[places])
    assert estimate.value == pytest.approx(float((WANTED * RATES).sum(axis=1)[places].mean()))
    assert estimate.value == pytest.approx(dm(WANTED[places], RATES[places], np.arange(number)).value)


@given(st.lists(shares, min_size=4, max_size=4), st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_judging_the_policy_that_was_followed_gives_what_was_earned(raw: list[list[float]], arms: list[int]) -> None:
    logged = np.array(raw) / np.array(raw).sum(axis=1, keepdims=True)
    log = log_of(np.array(arms), np.array([0.0, 1.0, 0.3, 1.0]), logged)
    for estimate in (ips(log, logged), snips(log, logged)):
        assert estimate.value == pytest.approx(on_policy(log).value)
        assert estimate.error == pytest.approx(on_policy(log).error)


@given(st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_snips_of_a_constant_reward_is_that_constant(arms: list[int]) -> None:
    logged, wanted = np.repeat(LOGGED[:1], 5, axis=0), np.repeat(WANTED[:1], 5, axis=0)
    assert snips(log_of(np.array(arms), np.full(5, 0.3), logged), wanted).value == pytest.approx(0.3)


def test_people_and_not_decisions_are_counted() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=100), 9)
    alone = clustered_mean(values, np.arange(900))
    alike = clustered_mean(values, np.repeat(np.arange(100), 9))
    assert alike.error == pytest.approx(3 * alone.error, rel=0.02)


def test_the_error_is_the_textbook_one_without_likeness() -> None:
    values = np.random.default_rng(0).normal(size=50)
    assert clustered_mean(values, np.arange(50)).error == pytest.approx(values.std(ddof=1) / math.sqrt(50))


def test_intervals_cover_the_truth() -> None:
    rng = np.random.default_rng(5)
    places = np.arange(400) % 2
    hits = 0
    for _ in range(300):
        arms = (rng.random((400, 1)) >= LOGGED[places].cumsum(axis=1)).sum(axis=1).clip(max=2)
        rewards = (rng.random(400) < RATES[places, arms]).astype(float)
        hits += not ips(log_of(arms, rewards, LOGGED[places]), WANTED[places]).excludes(TRUTH)
    assert 0.95 - 3.5 * math.sqrt(0.95 * 0.05 / 300) <= hits / 300


def test_nobody_or_one_person_tells_nothing() -> None:
    assert clustered_mean(np.array([1.0, 0.0]), np.zeros(2, dtype=np.int64)).low == -math.inf
    assert clustered_ratio(np.zeros(3), np.ones(3), np.arange(3)).high == math.inf


def test_predictions_come_from_other_people() -> None:
    """A reward that only a lead's own rows could teach is not predicted."""
    rng = np.random.default_rng(2)
    leads = np.repeat(np.arange(50), 4)
    inputs = np.column_stack([np.ones(200), np.eye(50)[leads]])
    rewards = np.repeat(rng.integers(0, 2, 50), 4).astype(float)
    log = Log(Trials(inputs, rng.integers(0, 3, 200), rewards, leads), np.full((200, 3), 1 / 3))
    predicted = cross_fitted(log, np.array([0], dtype=np.int64), 0)
    assert abs(np.corrcoef(predicted[:, 0], rewards)[0, 1]) < 0.5
    assert predicted.shape == (200, 3)


def test_with_fewer_people_than_folds_nothing_is_predicted() -> None:
    log = log_of(np.array([0, 1, 2]), np.ones(3), LOGGED[[0, 1, 0]])
    assert (cross_fitted(log, GROUPS, 0) == 0).all()


def test_refits_repeat_with_their_seed_and_tell_progress() -> None:
    rng = np.random.default_rng(3)
    log = log_of(rng.integers(0, 3, 60), rng.random(60), np.full((60, 3), 1 / 3), np.repeat(np.arange(20), 3))
    steps: list[int] = []
    once = dm_spread(log, log.logged, GROUPS, 4, lambda: steps.append(1))
    assert once == dm_spread(log, log.logged, GROUPS, 4)
    assert once > 0
    assert len(steps) == 60


@pytest.mark.parametrize(("freedom", "known"), [(10, 2.2281), (29, 2.0452), (120, 1.9799)])
def test_students_quantiles(freedom: int, known: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(known, abs=2e-3)
    assert student_quantile(0.975, 10**9) == pytest.approx(NormalDist().inv_cdf(0.975))


def test_a_shifted_estimate_keeps_its_error() -> None:
    assert Estimate(1.0, 0.1, 0.8, 1.2).plus(1.0) == Estimate(2.0, 0.1, 1.8, 2.2)
