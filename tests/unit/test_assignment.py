"""Assignment is sticky, stable across processes, independent between experiments, and follows the weights."""

import subprocess
import sys
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.meetings import Enrolment
from core.domain.experiments import Trial
from core.learning.assignment import Placement, assign, bucket, place, take_part

LEAD = UUID("00000000-0000-4000-8000-000000000001")
PEOPLE = [UUID(int=number) for number in range(20_000)]
weights = st.dictionaries(st.text(min_size=1, max_size=5), st.floats(0, 10), min_size=1, max_size=5).filter(
    lambda given_weights: sum(given_weights.values()) > 0.001
)


@given(st.uuids(), st.text(), weights)
def test_the_arm_is_one_that_has_weight(lead: UUID, seed: str, given_weights: dict[str, float]) -> None:
    assert given_weights[assign(seed, lead, given_weights)] > 0
    assert 0 <= bucket(seed, lead) < 1


def test_it_is_the_same_in_every_process() -> None:
    code = f"from uuid import UUID; from core.learning.assignment import bucket; print(bucket('s', UUID('{LEAD}')))"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert {run.stdout for run in runs} == {f"{bucket('s', LEAD)}\n"}


def test_it_is_the_same_for_ever() -> None:
    """Computed once, apart from this code, from the specification: a change of these would move people."""
    assert (bucket("tone-2026", LEAD), bucket("calm", LEAD)) == (0.6737, 0.1543)


def test_shares_follow_the_weights() -> None:
    arms = Counter(assign("s", lead, {"a": 1, "b": 3}) for lead in PEOPLE)
    assert abs(arms["b"] / len(PEOPLE) - 0.75) < 0.015


def test_experiments_are_independent() -> None:
    halves = {"a": 1.0, "b": 1.0}
    pairs = Counter((assign("one", lead, halves), assign("two", lead, halves)) for lead in PEOPLE)
    assert all(abs(count / len(PEOPLE) - 0.25) < 0.015 for count in pairs.values())


@pytest.mark.parametrize("wrong", [{}, {"a": 0.0}, {"a": -1.0, "b": 2.0}])
def test_weights_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="positive sum"):
        assign("s", LEAD, wrong)


def test_coverage_leaves_its_share_out_and_keeps_the_arms_of_the_others() -> None:
    whole = Trial("e", "s", {"a": 1, "b": 1})
    part = Trial("e", "s", {"a": 1, "b": 1}, coverage=0.3)
    taken = [(take_part(part, lead), take_part(whole, lead)) for lead in PEOPLE]
    assert abs(sum(arm is not None for arm, _ in taken) / len(PEOPLE) - 0.3) < 0.015
    assert all(arm in (None, full) for arm, full in taken)


def test_two_stretches_of_a_namespace_share_nobody_and_leave_nobody_out() -> None:
    low = Trial("one", "1", {"a": 1}, namespace=("talk", 0, 0.5))
    high = Trial("two", "2", {"a": 1}, namespace=("talk", 0.5, 1))
    members = Counter((take_part(low, lead) is None, take_part(high, lead) is None) for lead in PEOPLE)
    assert set(members) == {(True, False), (False, True)}
    assert abs(members[True, False] / len(PEOPLE) - 0.5) < 0.015


@given(st.uuids(), weights, weights)
def test_who_has_met_an_arm_keeps_it_whatever_the_weights_become(
    lead: UUID, before: dict[str, float], after: dict[str, float]
) -> None:
    first = place(lead, Enrolment(running=(Trial("e", "s", before),)))
    assert first == Placement(assign("s", lead, before), "e")
    met = Enrolment(running=(Trial("e", "s", after), Trial("f", "t", after)), arm=first.arm, experiment="e")
    assert place(lead, met) == first


def test_who_is_in_no_experiment_gets_the_latest_winner_or_the_control() -> None:
    assert place(LEAD, Enrolment()) == Placement("control")
    assert place(LEAD, Enrolment(default="aggressive")) == Placement("aggressive")
    nobody = Trial("e", "s", {"a": 1}, namespace=("talk", 0.0, 1e-9))
    assert place(LEAD, Enrolment(running=(nobody,), default="aggressive")) == Placement("aggressive")
    assert place(LEAD, Enrolment(running=(nobody, Trial("f", "s", {"b": 1})))) == Placement("b", "f")


def test_an_arm_of_a_finished_experiment_is_kept_and_logged_nowhere() -> None:
    met = Enrolment(running=(Trial("f", "s", {"b": 1}),), arm="control", default="aggressive")
    assert place(LEAD, met) == Placement("control", "")
