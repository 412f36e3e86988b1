"""Judging the estimators: the truth and its bound, and that an interruption keeps what is done."""

import numpy as np
import pytest

from evals.benchmarks.estimators import CAREFUL, Population, Quality, Repetition, judge, populate
from evals.benchmarks.learning import CURRENT, STEPS_MARKET


@pytest.fixture(scope="module")
def population() -> Population:
    return populate(STEPS_MARKET, CAREFUL, CURRENT.read_text(encoding="utf-8"), seed=1, people=300)


def test_both_policies_draw_from_distributions(population: Population) -> None:
    assert population.logged.sum(axis=1) == pytest.approx(1.0)
    assert population.candidate.sum(axis=1) == pytest.approx(1.0)
    assert population.rates.min() <= population.truth <= population.rates.max()


def test_four_times_the_decisions_halve_the_bound(population: Population) -> None:
    assert population.bound(4_000) == pytest.approx(population.bound(1_000) / 2)


def test_a_log_holds_what_its_policy_may_draw(population: Population) -> None:
    log, candidate = population.draw(200, np.random.default_rng(0))
    assert (log.drawn > 0).all()
    assert candidate.shape == log.logged.shape


def test_an_interruption_keeps_the_logs_that_were_judged(population: Population) -> None:
    kept: list[tuple[Quality, ...]] = []
    done = iter([None, None])

    def advance() -> None:
        if next(done, "interrupted") == "interrupted":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(population, Repetition(decisions=100, repeats=50, refitted=0), advance, kept.append)
    [qualities] = kept
    assert {each.name: each.logs for each in qualities} == dict.fromkeys(["IPS", "SNIPS", "DM", "DR"], 3)


def test_without_a_single_log_there_is_nothing_to_keep(population: Population) -> None:
    kept: list[tuple[Quality, ...]] = []
    judge(population, Repetition(decisions=100, repeats=0, refitted=0), lambda: None, kept.append)
    assert kept == []
