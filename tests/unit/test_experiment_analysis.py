"""What is said of an experiment follows from its counts, and is wrong as seldom as it claims."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.experiments import Cell, Experiment, Guardrail
from core.learning.experiment_analysis import Analysis, Finding, analyse, effect_of, finding_of
from core.learning.proportions import Count, Stratum

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HALVES = {"control": 1.0, "calm": 1.0}


def experiment(**fields: Any) -> Experiment:
    given_: dict[str, Any] = {
        "id": 1,
        "key": "calm",
        "hypothesis": "Asking first brings more demos.",
        "arms": HALVES,
        "baseline": 0.08,
        "seed": "calm",
        "created_at": NOW,
        "started_at": NOW,
    }
    return Experiment(**(given_ | fields))


def cell(arm: str, people: int, converted: int, **fields: Any) -> Cell:
    harmed = dict.fromkeys(Guardrail, 0) | fields.pop("harmed", {})
    given_: dict[str, Any] = {"weights": HALVES, "exposed": people, "crossed": 0, "waiting": 0}
    return Cell(arm=arm, people=people, converted=converted, harmed=harmed, **(given_ | fields))


def judge(cells: Sequence[Cell], **fields: Any) -> Analysis:
    return analyse(experiment(**fields), cells, NOW)


@pytest.mark.parametrize(
    ("converted", "finding"),
    [
        (960, Finding.BETTER),
        (850, Finding.NOISE),
        (650, Finding.WORSE),
    ],
)
def test_an_arm_against_the_control(converted: int, finding: Finding) -> None:
    [comparison] = judge([cell("control", 10_000, 800), cell("calm", 10_000, converted)]).comparisons
    assert (comparison.arm, comparison.finding) == ("calm", finding)
    assert comparison.effect.estimate == pytest.approx(converted / 10_000 - 0.08)


def test_no_effect_worth_having_is_said_when_there_is_none() -> None:
    [comparison] = judge([cell("control", 60_000, 4800), cell("calm", 60_000, 4830)]).comparisons
    assert comparison.finding is Finding.NEGLIGIBLE


def test_a_handful_of_outcomes_decides_nothing_however_one_sided() -> None:
    [comparison] = judge([cell("control", 5000, 0), cell("calm", 5000, 19)]).comparisons
    assert comparison.finding is Finding.TOO_FEW


def test_nobody_yet() -> None:
    analysis = judge([])
    assert [(arm.name, arm.count.people) for arm in analysis.arms] == [("calm", 0), ("control", 0)]
    assert analysis.comparisons[0].finding is Finding.TOO_FEW
    assert analysis.comparisons[0].chance_to_win == 0.5
    assert not analysis.split.alarm
    assert analysis.outlook.smallest_lift is None


def test_a_guardrail_is_harmed_when_more_people_leave() -> None:
    analysis = judge(
        [
            cell("control", 10_000, 800, harmed={Guardrail.OPT_OUTS: 100, Guardrail.BLOCKS: 50}),
            cell("calm", 10_000, 960, harmed={Guardrail.OPT_OUTS: 200, Guardrail.BLOCKS: 55}),
        ]
    )
    assert analysis.comparisons[0].harmed == (Guardrail.OPT_OUTS,)
    assert judge([cell("control", 9, 1)], guardrails=()).comparisons[0].guardrails == {}


def test_more_arms_ask_for_more_evidence() -> None:
    three = {**HALVES, "bold": 1.0}
    cells = [cell(arm, 10_000, count, weights=three) for arm, count in (("control", 800), ("calm", 925), ("bold", 800))]
    alone = judge([cell("control", 10_000, 800), cell("calm", 10_000, 925)])
    crowded = judge(cells, arms=three)
    assert alone.alpha == 2 * crowded.alpha
    assert alone.comparisons[0].finding is Finding.BETTER
    assert {each.arm: each.finding for each in crowded.comparisons}["calm"] is Finding.NOISE


def test_people_who_saw_two_arms_count_for_the_split_only() -> None:
    analysis = judge([cell("control", 90, 9, exposed=100, crossed=10), cell("calm", 80, 8, exposed=100, crossed=20)])
    assert [arm.crossed for arm in analysis.arms] == [20, 10]
    assert analysis.split.seen == {"calm": 100, "control": 100}
    assert analysis.comparisons[0].effect.control.people == 90


def test_weights_that_changed_are_compared_within_themselves() -> None:
    nine = {"control": 1.0, "calm": 9.0}
    analysis = judge(
        [
            cell("control", 9000, 450),
            cell("calm", 9000, 450),
            cell("control", 1000, 300, weights=nine),
            cell("calm", 9000, 2700, weights=nine),
        ]
    )
    assert analysis.weights_changed
    assert not analysis.split.alarm
    assert analysis.comparisons[0].effect.estimate == pytest.approx(0)


def test_rows_that_were_changed_by_hand_are_still_read() -> None:
    analysis = judge([cell("old", 50, 5), cell("control", 50, 5)], arms={"calm": 1.0})
    assert [arm.name for arm in analysis.arms] == ["calm", "control", "old"]


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000))
def test_any_counts_give_intervals_that_hold_the_estimate(a: int, b: int, c: int, d: int) -> None:
    counts = (max(a, b), min(a, b)), (max(c, d), min(c, d))
    effect = judge([cell("control", *counts[0]), cell("calm", *counts[1])]).comparisons[0].effect
    assert effect.always.low <= effect.estimate <= effect.always.high
    if effect.judged:
        assert effect.always.low <= effect.fixed.low + 0.01


def test_peeking_seldom_finds_what_is_not_there() -> None:
    """100 looks at each of 300 experiments without an effect, through what decides in the report."""
    generator, looks, step = np.random.default_rng(11), 100, 40
    false = 0
    for _ in range(300):
        control, calm = (generator.binomial(step, 0.1, looks).cumsum() for _ in range(2))
        people = [step * (look + 1) for look in range(looks)]
        pairs = zip(map(Count, control.tolist(), people), map(Count, calm.tolist(), people), strict=True)
        findings = {finding_of(effect_of([Stratum(*pair)], 2 * step * looks, 0.05), 0.02) for pair in pairs}
        false += bool(findings & {Finding.BETTER, Finding.WORSE})
    assert 0 < false / 300 <= 0.05
