"""When a log cannot tell, and how that is said."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.learning.offline_policy import Log
from core.learning.overlap import Overlap, objections, overlap
from core.learning.reward_model import Trials

ARMS = ("none", "present_offer", "show_syllabus")


def log_of(logged: NDArray[np.float64], seed: int = 0, each: int = 2) -> Log:
    number = len(logged)
    rng = np.random.default_rng(seed)
    arms = (rng.random((number, 1)) >= logged.cumsum(axis=1)).sum(axis=1).clip(max=2)
    return Log(Trials(np.ones((number, 1)), arms, np.zeros(number), np.arange(number) // each), logged)


def rows(number: int, *probabilities: float) -> NDArray[np.float64]:
    return np.tile(np.array(probabilities), (number, 1))


def found(number: int, logged: tuple[float, ...], candidate: tuple[float, ...]) -> Overlap:
    return overlap(log_of(rows(number, *logged)), rows(number, *candidate), ARMS)


def test_the_policy_itself_is_covered() -> None:
    same = found(400, (0.5, 0.3, 0.2), (0.5, 0.3, 0.2))
    assert same.effective == pytest.approx(400)
    assert (same.mean_weight, same.unseen, same.choices) == (1.0, 0.0, 400)
    assert objections(same) == []


def test_what_was_never_drawn_is_named() -> None:
    (reason,) = objections(found(400, (0.5, 0.0, 0.5), (0.4, 0.2, 0.4)))
    assert "20.0%" in reason
    assert "present_offer" in reason


def test_a_trace_of_the_unseen_is_allowed() -> None:
    trace = found(400, (0.5, 0.0, 0.5), (0.5, 0.005, 0.495))
    assert objections(trace) == []
    assert trace.unseen == pytest.approx(0.005)


def test_few_decisions_must_not_carry_everything() -> None:
    far = found(400, (0.96, 0.02, 0.02), (0.0, 1.0, 0.0))
    (reason,) = objections(far)
    assert far.effective < 20
    assert "count like" in reason
    assert far.highest_weight == pytest.approx(50)


def test_decisions_without_a_choice_do_not_count_as_evidence() -> None:
    logged = np.vstack([rows(500, 1.0, 0.0, 0.0), rows(20, 0.4, 0.3, 0.3)])
    mixed = overlap(log_of(logged), logged, ARMS)
    assert (mixed.decisions, mixed.choices, mixed.leads) == (520, 20, 10)
    assert len(objections(mixed)) == 2


def test_wrong_probabilities_are_noticed() -> None:
    honest = log_of(rows(4_000, 0.5, 0.3, 0.2))
    wrong = Log(honest.trials, rows(4_000, 0.2, 0.3, 0.5))
    (reason,) = objections(overlap(wrong, rows(4_000, 0.5, 0.3, 0.2), ARMS))
    assert "cannot be those" in reason


def test_an_empty_log_tells_nothing() -> None:
    empty = overlap(log_of(np.zeros((0, 3))), np.zeros((0, 3)), ARMS)
    assert "Only 0 people" in objections(empty)[0]
