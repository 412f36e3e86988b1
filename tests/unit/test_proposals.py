"""What is proposed: harm first, then winners, and noise is called noise."""

from datetime import timedelta

from core.domain.experiments import Guardrail
from core.learning.proposals import Action, describe, propose
from tests.unit.test_experiment_analysis import HALVES, NOW, cell, experiment, judge

CONTROL = cell("control", 10_000, 800, harmed={Guardrail.OPT_OUTS: 100})


def test_what_was_never_started_is_to_be_started() -> None:
    proposal = propose(judge([], started_at=None))
    assert (proposal.action, proposal.command) == (Action.START, "start calm")


def test_a_better_arm_is_promoted() -> None:
    proposal = propose(judge([CONTROL, cell("calm", 10_000, 960, harmed={Guardrail.OPT_OUTS: 100})]))
    assert (proposal.action, proposal.command) == (Action.PROMOTE, "stop calm --winner calm")


def test_of_two_better_arms_the_best_is_promoted() -> None:
    three = {**HALVES, "bold": 1.0}
    counts = {"control": 800, "calm": 990, "bold": 1050}
    proposal = propose(judge([cell(arm, 10_000, n, weights=three) for arm, n in counts.items()], arms=three))
    assert proposal.command == "stop calm --winner bold"


def test_a_better_arm_that_drives_people_away_is_rolled_back() -> None:
    proposal = propose(judge([CONTROL, cell("calm", 10_000, 990, harmed={Guardrail.OPT_OUTS: 200})]))
    assert (proposal.action, proposal.command) == (Action.ROLL_BACK, "stop calm")
    assert "opt-outs +1.00 points" in proposal.reason


def test_a_harmful_arm_does_not_hide_a_better_one() -> None:
    three = {**HALVES, "bold": 1.0}
    left = {"control": 100, "calm": 100, "bold": 220}
    counts = {"control": 800, "calm": 1000, "bold": 800}
    cells = [cell(arm, 10_000, n, weights=three, harmed={Guardrail.OPT_OUTS: left[arm]}) for arm, n in counts.items()]
    proposal = propose(judge(cells, arms=three))
    assert (proposal.action, proposal.command) == (Action.ROLL_BACK, "stop calm")
    assert "Yet calm is better than control: +2.00 points." in proposal.reason


def test_a_worse_arm_is_rolled_back() -> None:
    proposal = propose(judge([CONTROL, cell("calm", 10_000, 650)]))
    assert (proposal.action, proposal.command) == (Action.ROLL_BACK, "stop calm")


def test_noise_is_called_noise_and_says_how_many_people_it_takes() -> None:
    analysis = judge([cell("control", 1000, 80), cell("calm", 1000, 90)])
    proposal = propose(analysis)
    assert (proposal.action, proposal.command) == (Action.WAIT, "")
    assert "cannot be told from noise" in proposal.reason
    assert "9,417" in proposal.reason
    assert "cannot be told from noise" in describe(analysis.comparisons[0], "control")


def test_noise_beyond_the_planned_number_may_be_given_up() -> None:
    proposal = propose(judge([CONTROL, cell("calm", 10_000, 850)]))
    assert "Stopping without a winner is reasonable" in proposal.reason


def test_too_small_an_effect_is_not_waited_for() -> None:
    analysis = judge([cell("control", 60_000, 4800), cell("calm", 60_000, 4830)])
    proposal = propose(analysis)
    assert (proposal.action, proposal.command) == (Action.ROLL_BACK, "stop calm")
    assert "cannot be told from noise" in describe(analysis.comparisons[0], "control")


def test_a_split_that_is_off_comes_before_a_winner() -> None:
    proposal = propose(judge([cell("control", 8000, 640), cell("calm", 10_000, 1200)]))
    assert (proposal.action, proposal.command) == (Action.DISTRUST, "")
    assert "8,000 of 9,000 expected" in proposal.reason


def test_what_is_over_is_over() -> None:
    stopped = {"stopped_at": NOW + timedelta(days=1)}
    won = propose(judge([CONTROL, cell("calm", 10_000, 960)], winner="calm", **stopped))
    assert won.action is Action.DONE
    assert "new people get" in won.reason
    assert "without a winner" in propose(judge([CONTROL, cell("calm", 10_000, 650)], **stopped)).reason
    assert experiment(**stopped).state == "stopped"
