"""The tools' performance: a tool that does nothing but is used on buyers, and one that works, are told apart."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain.decisions import REWARDS, Decision
from core.learning.offline_policy import FOLDS
from core.learning.tool_report import ToolPerformance, tool_report
from tests.decisions import decision, drawn

STEP = REWARDS["step"]


def confounded(number: int = 6_000) -> list[Decision]:
    """Testimonials raise the chance of a step; the payment link does not, but is mostly used on who buys anyway."""
    luck = np.random.default_rng(8).random((number, 2))
    made = []
    for place, selection in enumerate(drawn(number, 21)):
        ready = selection.score
        rate = 0.7 * ready + 0.15 * (selection.suggestion == "find_testimonials")
        used = [selection.suggestion] if selection.suggestion else []
        used += ["create_payment_link"] if luck[place, 1] < 0.6 * ready and "create_payment_link" not in used else []
        made.append(decision(selection, place // 3, luck[place, 0] < rate, tuple(used)))
    return made


@pytest.fixture(scope="module")
def report() -> dict[str, ToolPerformance]:
    return {row.tool: row for row in tool_report(confounded(), STEP)}


def test_what_works_is_found(report: dict[str, ToolPerformance]) -> None:
    effect = report["find_testimonials"].effect
    assert effect is not None
    assert not effect.excludes(0.15)
    assert effect.excludes(0.0)
    assert "helps" in report["find_testimonials"].why


def test_what_only_seems_to_work_is_not_believed(report: dict[str, ToolPerformance]) -> None:
    link = report["create_payment_link"]
    assert link.naive_effect is not None
    assert link.naive_effect > 0.04
    assert link.effect is not None
    assert not link.effect.excludes(0.0)
    assert link.expected_used > link.expected_otherwise
    assert "readier" in link.why
    assert "noise" in link.why


def test_use_is_counted(report: dict[str, ToolPerformance]) -> None:
    log = confounded()
    row = report["show_syllabus"]
    assert row.used == sum("show_syllabus" in one.called for one in log)
    assert row.suggested == sum(one.drawn == "show_syllabus" for one in log)
    assert row.candidate == sum("show_syllabus" in one.probabilities for one in log)
    assert row.naive is not None
    assert row.naive.value == pytest.approx(np.mean([one.step for one in log if "show_syllabus" in one.called]))


def test_every_row_says_why(report: dict[str, ToolPerformance]) -> None:
    assert all(row.why.endswith(".") for row in report.values())


def test_the_most_used_comes_first() -> None:
    used = [row.used for row in tool_report(confounded(300), STEP)]
    assert used == sorted(used, reverse=True)


def test_too_few_suggestions_give_no_effect() -> None:
    rows = tool_report(confounded(120), STEP)
    assert all(row.effect is None for row in rows if row.suggested < 20)
    assert any("too seldom" in row.why for row in rows)


def test_a_tool_that_was_never_a_candidate_is_still_counted() -> None:
    log = [replace(one, called=(*one.called, "contact_advisor")) for one in confounded(60)]
    row = next(row for row in tool_report(log, STEP) if row.tool == "contact_advisor")
    assert (row.candidate, row.suggested, row.used, row.effect) == (0, 0, 60, None)


def test_nothing_is_reported_of_nothing() -> None:
    assert tool_report([], STEP) == []


def test_progress_is_told() -> None:
    steps: list[int] = []
    tool_report(confounded(300), STEP, advance=lambda: steps.append(1))
    assert len(steps) == FOLDS
