"""Somebody in one scenario."""

from evals.leave_rule import EVERYBODY, LeaveRule
from tests.prospects import make_person


def test_the_plan_goes_before_the_persona_and_the_persona_fills_what_is_open() -> None:
    person = make_person({"budget": 50, "objects": []}, budget=300, objects=["price"], trust=0.2)
    assert (person.budget, person.objects, person.trust) == (50, (), 0.2)


def test_patience_is_counted_in_turns() -> None:
    assert make_person(patience=0).patience < make_person(patience=1).patience
    assert make_person({"patience": 9}, patience=0).patience == 9


def test_rules_to_leave_by_are_everybodys_the_personas_and_the_plans() -> None:
    person = make_person({"leaves_when": ["too_long"]}, leaves_when=["pressure"])
    assert person.leaves_when == {*EVERYBODY, LeaveRule.TOO_LONG, LeaveRule.PRESSURE}


def test_without_a_budget_any_price_is_within_it() -> None:
    assert make_person().affords(10_000)
    assert make_person({"budget": 100}).affords(100)
    assert not make_person({"budget": 100}).affords(100.01)
