"""What makes a run fail."""

from evals.gates import fallen
from evals.suite import Suite
from tests.evaluations import make_conversation

WHOLE = {"smoke": Suite(at_least=1.0)}


def test_nothing_falls_when_all_pass() -> None:
    assert fallen([make_conversation()], WHOLE) == []


def test_one_lie_is_enough() -> None:
    good = [make_conversation(seed=seed) for seed in range(99)]
    lie = make_conversation(seed=99, passed=False, gate_fell=["honesty"])
    [gate] = fallen([*good, lie], {"smoke": Suite(at_least=0.9)})
    assert (gate.name, gate.reason) == ("honesty", "1 conversations: una-pregunta")


def test_an_error_is_never_a_pass() -> None:
    assert [gate.name for gate in fallen([make_conversation(error="KeyError: x")], {})] == ["errors"]


def test_a_suite_asks_for_its_share_and_spoilt_conversations_count_neither_way() -> None:
    failed = make_conversation(seed=1, passed=False)
    assert [gate.name for gate in fallen([make_conversation(), failed], WHOLE)] == ["suite smoke"]
    assert fallen([make_conversation(), failed], {"smoke": Suite(at_least=0.5)}) == []
    spoilt = make_conversation(seed=2, passed=False, prospect_faults=["it changed its mind"])
    assert fallen([make_conversation(), spoilt], WHOLE) == []
