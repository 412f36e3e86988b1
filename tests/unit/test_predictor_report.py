"""How a training's outcome is told: every contestant's figures, what matters, and whether anything does."""

import io
from functools import cache

import numpy as np
import pytest
from rich.console import Console

from channels.commands.predictor_report import base_rate_line, show_outcome
from core.learning.growing import RECIPES
from core.learning.splitting import Examples, split_by_time
from core.learning.training import Outcome, Plan, train


@cache
def outcome(signal: float) -> Outcome:
    """A training on people of whom `telling` tells as much as `signal` says."""
    rng = np.random.default_rng(3)
    telling = rng.normal(size=600)
    truth = (rng.random(600) < 1 / (1 + np.exp(1 - signal * telling))).astype(float)
    codes = np.arange(600)
    rows = tuple({"telling": float(value), "noise": float(rng.normal())} for value in telling)
    examples = Examples(rows, truth, codes, codes.astype(np.float64))
    plan = Plan(recipes=(RECIPES[1],), parts=3, repeats=2)
    return train(examples, split_by_time(examples), {"scorecard": np.full(600, truth.mean())}, plan)


def shown(found: Outcome) -> str:
    stream = io.StringIO()
    show_outcome(Console(file=stream, width=160), found, "later period")
    return stream.getvalue()


def test_every_contestant_and_every_figure_is_shown() -> None:
    found = outcome(2.0)
    text = shown(found)
    assert all(name in text for name in found.later)
    assert all(word in text for word in ("AUC", "Brier", "log loss", "calibration error", "later period"))
    assert all(name in text for name in found.tried)


def test_what_matters_is_told_from_what_cannot_be_told() -> None:
    text = shown(outcome(2.0))
    assert "telling" in text
    noise = next(line for line in text.splitlines() if "noise" in line)
    assert "cannot be told from nothing" in noise


@pytest.mark.parametrize(
    ("signal", "words"), [(2.0, "Better than the base rate"), (0.0, "No feature beats the base rate")]
)
def test_whether_anything_beats_the_base_rate_is_said(signal: float, words: str) -> None:
    assert base_rate_line(outcome(signal)).startswith(words)


def test_the_base_rate_that_is_predicted_is_named() -> None:
    found = outcome(0.0)
    assert f"{found.trained.rate:.1%}" in base_rate_line(found)
