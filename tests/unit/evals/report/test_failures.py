"""Failing checks, told once."""

from evals.report.failures import failures
from tests.eval_runs import make_plays, make_verdict
from tests.evaluations import make_conversation


def test_gates_come_first_and_the_same_failure_of_other_seeds_is_told_once() -> None:
    lie = make_conversation(
        scenario="zeta", passed=False, verdicts=(make_verdict(check="honest: true", gate="honesty"),)
    )
    found = failures([*make_plays([False, True, False]), lie])
    assert [(each.scenario, each.seeds) for each in found] == [("zeta", (0,)), ("una-pregunta", (0, 2))]


def test_what_the_prospect_spoilt_is_told_only_where_a_gate_fell() -> None:
    verdicts = (make_verdict(), make_verdict(check="honest: true", gate="honesty"))
    found = failures([make_conversation(passed=False, prospect_faults=["x"], verdicts=verdicts)])
    assert [each.verdict.check for each in found] == ["honest: true"]
