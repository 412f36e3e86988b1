"""The contest and its judges, on worlds whose truth is known."""

from functools import cache

import numpy as np
import pytest

from core.learning.growing import RECIPES
from core.learning.scores import Numbers
from core.learning.splitting import Examples, Split, split_by_time
from core.learning.trained import Kind
from core.learning.training import Outcome, Plan, train

SMALL = Plan(recipes=(RECIPES[1], RECIPES[2]), parts=3, repeats=4)


def world(signal: float, seed: int, people: int = 450) -> tuple[Examples, Numbers]:
    """Two rows a person; "telling" and "level" tell, "noise" does not. With the true chances."""
    rng = np.random.default_rng(seed)
    rows, truth, chances = [], [], []
    for _ in range(people):
        telling, level = float(rng.normal()), str(rng.choice(["x", "y"]))
        chance = float(1 / (1 + np.exp(1.2 - signal * (telling + (level == "x")))))
        bought = float(rng.random() < chance)
        for _ in range(2):
            rows.append({"telling": telling, "level": level, "noise": float(rng.normal())})
            truth.append(bought)
            chances.append(chance)
    codes = np.repeat(np.arange(people), 2)
    return Examples(tuple(rows), np.array(truth), codes, codes.astype(np.float64)), np.array(chances)


@cache
def contest(signal: float, rival: str) -> tuple[Outcome, Examples, Split]:
    """One training against a rival that knows the truth, nothing, or is wildly wrong."""
    examples, chances = world(signal, seed=11)
    rivals = {
        "truth": chances,
        "rate": np.full(len(chances), examples.truth.mean()),
        "wrong": np.full(len(chances), 0.9),
    }
    split = split_by_time(examples)
    return train(examples, split, {rival: rivals[rival]}, SMALL), examples, split


def test_a_planted_signal_is_found() -> None:
    outcome, _, _ = contest(1.5, "rate")
    assert outcome.replaces
    assert outcome.trained.kind is not Kind.BASE_RATE
    assert outcome.signal[1].low > 0
    chances = outcome.trained.chances([{"telling": 2.0, "level": "x"}, {"telling": -2.0, "level": "y"}])
    assert chances[0] > 0.6
    assert chances[1] < 0.2


def test_what_tells_is_told_from_what_does_not() -> None:
    found = {one.feature: one.auc for one in contest(1.5, "rate")[0].importances}
    assert found["telling"].low > 0
    assert found["telling"].value > found["level"].value > found["noise"].value
    assert found["noise"].low <= 0.005


def test_nobody_beats_the_truth() -> None:
    outcome, _, _ = contest(1.5, "truth")
    assert outcome.beats_base_rate
    assert not outcome.replaces


def test_noise_gives_the_base_rate_which_only_beats_what_is_wrong() -> None:
    outcome, examples, split = contest(0.0, "rate")
    assert not outcome.beats_base_rate
    assert outcome.recipe == "base_rate"
    assert outcome.trained.rate == pytest.approx(examples.truth[split.early].mean())
    assert not outcome.replaces
    assert contest(0.0, "wrong")[0].replaces


def test_what_was_judged_is_what_serves() -> None:
    outcome, examples, split = contest(1.5, "rate")
    late = examples.take(split.late)
    chances = outcome.trained.chances(late.rows)
    judged = outcome.later[outcome.trained.kind.value]
    assert float(((chances - late.truth) ** 2).mean()) == pytest.approx(judged.brier.value)
    assert outcome.as_data()["duels"][0]["won"] is True


def test_the_later_part_is_never_learned_from() -> None:
    """Turning all later outcomes around changes the judgement, and not the model."""
    outcome, examples, split = contest(1.5, "rate")
    truth = examples.truth.copy()
    truth[split.late] = 1 - truth[split.late]
    turned = Examples(examples.rows, truth, examples.people, examples.at)
    again = train(turned, split, {}, SMALL)
    assert again.tried == outcome.tried
    assert not again.beats_base_rate
    assert not again.replaces


def test_the_same_seed_gives_the_same_model() -> None:
    outcome, examples, split = contest(1.5, "rate")
    rival = {"rate": np.full(len(examples), examples.truth.mean())}
    assert train(examples, split, rival, SMALL).as_data() == outcome.as_data()


def test_features_that_never_change_are_the_base_rate() -> None:
    examples, _ = world(1.5, seed=1, people=100)
    still = Examples(tuple({"same": 1} for _ in examples.rows), examples.truth, examples.people, examples.at)
    outcome = train(still, split_by_time(still), {}, SMALL)
    assert (outcome.recipe, outcome.importances, outcome.replaces) == ("base_rate", (), False)


def test_every_step_is_told() -> None:
    examples, _ = world(1.5, seed=1, people=100)
    steps: list[str] = []
    train(examples, split_by_time(examples), {}, SMALL, steps.append)
    assert len(steps) == SMALL.steps
