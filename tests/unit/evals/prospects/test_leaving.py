"""The rules by which somebody leaves."""

import random
from typing import Any

import pytest

from evals.leave_rule import LeaveRule
from evals.prospects.agenda import Act, Kind
from evals.prospects.leaving import RULES, Moment, reason_to_leave
from evals.prospects.memory import Memory
from evals.prospects.sight import Look
from tests.evaluations import make_turn
from tests.prospects import make_person

ASKED_TWICE = Act(Kind.ASK, "price", tries=2, most=2)
PAY = [{"label": "Ir al pago", "url": "http://x.example/pagar/1"}]


def _reason(
    rule: str, text: str, act: Act | None = None, met: bool = False, memory: Memory | None = None, **fields: Any
) -> LeaveRule | None:
    person = make_person({"leaves_when": [rule], "budget": 100, "patience": 3}, urgency=0)
    look = Look.at(make_turn(1, text, **fields))
    return reason_to_leave(Moment(person, memory or Memory(), look, act, met, random.Random(1)))


def test_every_rule_that_can_be_named_is_known() -> None:
    assert set(RULES) == set(LeaveRule)


def test_a_question_that_was_not_answered_twice() -> None:
    assert _reason("unanswered", "Buena pregunta.", ASKED_TWICE) is LeaveRule.UNANSWERED
    assert _reason("unanswered", "Son 80 USD.", ASKED_TWICE, met=True) is None
    assert _reason("unanswered", "Buena pregunta.", Act(Kind.ASK, "price", tries=1, most=2)) is None


def test_a_price_above_the_budget_that_they_complained_of() -> None:
    said_so = Act(Kind.OVER_BUDGET, tries=1)
    assert _reason("over_budget", "Así es.", said_so, memory=Memory(price=249.0)) is LeaveRule.OVER_BUDGET
    assert _reason("over_budget", "Queda en 99 USD.", said_so, memory=Memory(price=99.0)) is None


@pytest.mark.parametrize("text", ["¿Seguro que no?", "Aprovecha: 20% de descuento"])
def test_pressure_counts_after_a_no_and_not_before(text: str) -> None:
    assert _reason("pressure", text, memory=Memory(refused=True)) is LeaveRule.PRESSURE
    assert _reason("pressure", text, memory=Memory()) is None
    assert _reason("pressure", "Gracias por avisar.", memory=Memory(refused=True)) is None
    assert _reason("pressure", "Toma.", memory=Memory(refused=True), buttons=PAY) is LeaveRule.PRESSURE


def test_a_link_to_pay_in_answer_to_an_objection() -> None:
    doubt = Act(Kind.OBJECT, "trust", tries=1)
    assert _reason("ignored_objection", "Toma.", doubt, buttons=PAY) is LeaveRule.IGNORED_OBJECTION
    assert _reason("ignored_objection", "Te entiendo.", doubt) is None


@pytest.mark.parametrize(
    ("rule", "memory", "text"),
    [
        ("untrue", Memory(raised=True), "Son 299 USD."),
        ("untrue", Memory(claimed_human=True), "Soy humana."),
        ("repeated", Memory(repeated=True), "Lo mismo."),
        ("too_long", Memory(long_ones=2), "Largo."),
        ("patience", Memory(without=4), "Nada."),
        ("many_questions", Memory(), "¿Quién eres? ¿Qué haces? ¿Qué buscas?"),
    ],
)
def test_what_else_drives_people_away(rule: str, memory: Memory, text: str) -> None:
    assert _reason(rule, text, memory=memory) == rule
    assert _reason(rule, "Claro.", memory=Memory()) is None


def test_a_rule_that_is_not_theirs_does_not_move_them() -> None:
    assert _reason("too_long", "Hola.", memory=Memory(repeated=True)) is None


def test_nobody_is_distracted_from_what_is_urgent() -> None:
    def leaves(urgency: float, seed: int) -> bool:
        person = make_person({"leaves_when": ["distracted"]}, urgency=urgency)
        look = Look.at(make_turn(1, "Hola"))
        return reason_to_leave(Moment(person, Memory(), look, None, True, random.Random(seed))) is not None

    assert 2 <= sum(leaves(0, seed) for seed in range(100)) <= 20
    assert not any(leaves(1, seed) for seed in range(100))
