"""The reward model: what it finds, what it knows without data, and that it is not surer than it may be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as provided
from hypothesis import settings
from hypothesis import strategies as st

from core.learning.reward_model import DEFAULT_STRENGTH, Integers, Trials, fit

GROUPS: Integers = np.array([0, 1, 1], dtype=np.int64)


def trials(number: int, each: int = 1, seed: int = 0) -> Trials:
    """Three arms; the second is better where the second column is 1, the third never is. The fourth column is base."""
    rng = np.random.default_rng(seed)
    inputs = np.column_stack([np.ones(number), rng.integers(0, 2, (number, 2)), rng.random(number)]).astype(float)
    arms = rng.integers(0, 3, number)
    means = 0.3 + 0.2 * inputs[:, 3] + 0.3 * (arms == 1) * inputs[:, 1] - 0.1 * (arms == 2)
    rewards = (rng.random(number) < means).astype(float)
    return Trials(inputs, arms, rewards, np.repeat(np.arange(number), each)[:number])


def test_without_data_all_arms_are_alike() -> None:
    model = fit(trials(0), GROUPS, 3)
    means, deviations = model.advantages(np.array([1.0, 1.0, 0.0]))
    assert (means == 0.0).all()
    assert deviations == pytest.approx(deviations[0])
    assert model.unseen(np.array([1.0, 1.0, 0.0]), GROUPS) == pytest.approx((0.0, deviations[0]))
    assert (model.strengths == DEFAULT_STRENGTH).all()


def test_it_finds_where_an_arm_is_better() -> None:
    inputs = np.array([[1.0, 1.0, 0.0, 0.5], [1.0, 0.0, 0.0, 0.5]])
    here, there = fit(trials(40_000), GROUPS, 3).expected(inputs)
    assert here[1] - here[0] == pytest.approx(0.3, abs=0.04)
    assert there[1] - there[0] == pytest.approx(0.0, abs=0.04)
    assert here[2] - here[0] == pytest.approx(-0.1, abs=0.04)


def test_expected_rewards_are_the_true_ones() -> None:
    expected = fit(trials(20_000), GROUPS, 3).expected(np.array([[1.0, 1.0, 0.0, 0.5], [1.0, 0.0, 1.0, 1.0]]))
    assert expected == pytest.approx(np.array([[0.4, 0.7, 0.3], [0.5, 0.5, 0.4]]), abs=0.05)


def test_more_data_is_surer() -> None:
    few, many = (fit(trials(number), GROUPS, 3).advantages(np.ones(3))[1] for number in (300, 10_000))
    assert (many < few / 2).all()


def test_many_decisions_about_few_people_are_less_sure() -> None:
    alone = trials(2_000)
    shared = np.repeat(alone.rewards[:200], 10)
    one_each = Trials(alone.inputs, alone.arms, shared, np.arange(2_000))
    ten_each = Trials(alone.inputs, alone.arms, shared, np.repeat(np.arange(200), 10))
    assert fit(ten_each, GROUPS, 3).noise > 3 * fit(one_each, GROUPS, 3).noise


def test_a_reward_that_never_varies_is_no_error() -> None:
    given = trials(100)
    model = fit(Trials(given.inputs, given.arms, np.zeros(100), given.leads), GROUPS, 3)
    means, deviations = model.advantages(np.ones(3))
    assert means == pytest.approx(0.0, abs=0.05)
    assert (deviations > 0.1).all()
    assert model.expected(given.inputs).max() < 0.02


@pytest.mark.parametrize("rate", [0.004, 0.3, 0.996])
def test_the_expected_rewards_are_on_average_those_that_came(rate: float) -> None:
    given = trials(5_000)
    rewards = (np.arange(5_000) < 5_000 * rate).astype(float)
    expected = fit(replace(given, rewards=rewards), GROUPS, 3).expected(given.inputs)
    drawn = expected[np.arange(5_000), given.arms]
    assert drawn.mean() == pytest.approx(rate, abs=0.1 * min(rate, 1 - rate))


@provided(st.integers(0, 60), st.integers(0, 2**32 - 1), st.sampled_from(["split", "all", "shares"]))
@settings(max_examples=60, deadline=None)
def test_whatever_came_the_model_is_finite(number: int, seed: int, kind: str) -> None:
    given = trials(number, seed=seed)
    rewards = {
        "split": given.inputs[:, 1] * (given.arms == 1),
        "all": np.ones(number),
        "shares": np.random.default_rng(seed).random(number),
    }[kind]
    model = fit(replace(given, rewards=rewards), GROUPS, 3)
    means, deviations = model.advantages(np.array([1.0, 1.0, 1.0]))
    assert np.isfinite(means).all() and np.isfinite(deviations).all()
    assert (deviations > 0).all() and (np.abs(means) < 30).all()
    assert ((model.expected(given.inputs) >= 0) & (model.expected(given.inputs) <= 1)).all()


def test_shares_of_a_reward_scatter_less_than_yes_and_no() -> None:
    given = trials(2_000)
    assert fit(replace(given, rewards=0.3 * given.rewards), GROUPS, 3).noise < 0.5 * fit(given, GROUPS, 3).noise


def test_the_same_data_give_the_same_model() -> None:
    assert (fit(trials(500), GROUPS, 3).means == fit(trials(500), GROUPS, 3).means).all()


def test_a_part_numbers_its_people_anew() -> None:
    part = trials(10, each=2).where(np.array([False] * 4 + [True] * 6))
    assert part.leads.tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("number", [3, 400])
def test_where_a_column_has_its_zero_does_not_matter(number: int) -> None:
    given, moved = trials(number), np.array([0.0, 3.0, -2.0, 0.5])
    here = fit(given, GROUPS, 3)
    there = fit(replace(given, inputs=given.inputs + moved), GROUPS, 3)
    for situation in (np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])):
        for ours, theirs in zip(here.advantages(situation), there.advantages(situation + moved[:3]), strict=True):
            assert theirs == pytest.approx(ours, abs=1e-6)
        assert there.unseen(situation + moved[:3], GROUPS) == pytest.approx(here.unseen(situation, GROUPS))
    assert there.expected(given.inputs + moved) == pytest.approx(here.expected(given.inputs), abs=1e-6)


def test_what_is_not_known_of_an_arm_is_least_about_the_usual_person() -> None:
    model = fit(trials(400), GROUPS, 3)
    assert model.centre[0] == 0.0
    usual = model.unseen(model.centre + np.array([1.0, 0.0, 0.0]), GROUPS)[1]
    assert model.unseen(np.array([1.0, 1.0, 1.0]), GROUPS)[1] > usual
