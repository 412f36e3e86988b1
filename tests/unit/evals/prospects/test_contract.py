"""The prospect's own contract."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from evals.prospects.contract import breaches
from evals.prospects.memory import Memory
from evals.prospects.sight import Look
from evals.steps import Step
from tests.evaluations import make_turn
from tests.prospects import make_person

READ: TypeAdapter[Step] = TypeAdapter(Step)


def _faults(step: dict[str, Any], memory: Memory | None = None, language: str = "es", **fields: Any) -> list[str]:
    person = make_person({"budget": 100, "patience": 3}, language=language, knows=["2 cursos antes"])
    look = Look.at(make_turn(1, "Hola", **fields))
    return list(breaches(person, memory or Memory(), look, READ.validate_python(step)))


def test_a_figure_must_have_been_read_or_be_known() -> None:
    assert _faults({"says": "¿Son 249 dólares?"})
    assert not _faults({"says": "¿Son 249 dólares?"}, Memory(numbers={"249"}))
    assert not _faults({"says": "Tengo 100 y ya tomé 2 cursos"})


def test_only_a_button_that_is_shown_is_pressed() -> None:
    assert _faults({"presses": "Ver la demo"})
    assert not _faults({"presses": "Ver la demo"}, buttons=[{"label": "Ver la demo", "action": "ask.demo"}])


@pytest.mark.parametrize(("price", "allowed"), [(100.0, True), (100.01, False), (None, False)])
def test_nothing_is_paid_above_the_budget_or_unseen(price: float | None, allowed: bool) -> None:
    assert (not _faults({"world": "paid"}, Memory(price=price))) is allowed


@pytest.mark.parametrize(
    ("language", "text", "allowed"),
    [
        ("es", "¿Cuánto cuesta el curso?", True),
        ("es", "What is the price of this?", False),
        ("en", "What is the price of this?", True),
        ("en", "Me interesa, ¿cuánto cuesta?", False),
        ("pt", "Quanto custa o curso?", True),
        ("pt", "Muchas gracias, pero está muy caro para mí", False),
    ],
)
def test_they_stay_in_their_language(language: str, text: str, allowed: bool) -> None:
    assert (not _faults({"says": text}, language=language)) is allowed


def test_they_do_not_go_on_beyond_their_patience() -> None:
    assert not _faults({"says": "¿Y bien?"}, Memory(without=4))
    assert _faults({"says": "¿Y bien?"}, Memory(without=5))
