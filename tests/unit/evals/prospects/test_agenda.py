"""What somebody means to do."""

import random
from typing import Any

from evals.prospects.agenda import Act, Kind, agenda
from tests.prospects import make_person


def _agenda(plan: dict[str, Any], seed: int = 0, **persona: Any) -> list[Act]:
    return agenda(make_person(plan, **persona), random.Random(seed))


def test_questions_keep_their_order_and_the_wish_comes_last() -> None:
    acts = _agenda({"wants": "demo", "asks": ["price", "duration"]}, urgency=0)
    assert [(act.kind, act.name) for act in acts] == [("ask", "price"), ("ask", "duration"), ("want", "demo")]


def test_some_in_a_hurry_say_first_what_they_want() -> None:
    plan = {"wants": "demo", "asks": ["price"]}
    firsts = {_agenda(plan, seed, urgency=1)[0].kind for seed in range(40)}
    assert firsts == {Kind.ASK, Kind.WANT}
    assert all(_agenda(plan, seed, urgency=0)[0].kind is Kind.ASK for seed in range(40))


def test_an_objection_never_opens_where_there_is_a_question() -> None:
    plan = {"asks": ["price", "duration"], "objects": ["time", "value"]}
    orders = {tuple(act.words for act in _agenda(plan, seed)) for seed in range(40)}
    assert len(orders) > 3 and all(order[0] == "ask.price" for order in orders)


def test_who_trusts_little_says_an_objection_twice() -> None:
    assert [act.most for act in _agenda({"objects": ["price"]}, trust=0.1) if act.kind is Kind.OBJECT] == [2]
    assert [act.most for act in _agenda({"objects": ["price"]}, trust=0.9) if act.kind is Kind.OBJECT] == [1]


def test_not_all_say_goodbye() -> None:
    ends = {_agenda({"asks": ["price"]}, seed)[-1].kind for seed in range(40)}
    assert ends == {Kind.ASK, Kind.THANK, Kind.POSTPONE}


def test_who_writes_in_a_language_asks_only_what_there_are_words_for() -> None:
    acts = _agenda({"asks": ["price", "syllabus"]}, language="en", country="US")
    assert [act.name for act in acts if act.kind is Kind.ASK] == ["price"]
