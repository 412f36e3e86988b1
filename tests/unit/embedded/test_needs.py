"""Needs: which tools are called, and with arguments that their schemas accept."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.embedded.briefing import Briefing, TurnData
from agent.embedded.meaning import meaning
from agent.embedded.needs import Call, accepts, calls

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
TEXT = {"anyOf": [{"type": "string", "maxLength": 50}, {"type": "null"}]}
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "show_syllabus": {"properties": {"module": {"type": "integer", "minimum": 1, "maximum": 100}}},
    "find_testimonials": {
        "properties": {"objection": {"anyOf": [{"$ref": "#/$defs/Objection"}, {"type": "null"}]}},
        "$defs": {"Objection": {"enum": ["price", "trust"], "type": "string"}},
    },
    "compare_prices": {"properties": {}},
    "present_offer": {"properties": {}},
    "payment_options": {},
    "create_demo_link": {},
    "create_payment_link": {},
    "contact_advisor": {"properties": {"reason": {"type": "string"}}},
    "update_profile": {"properties": {"occupation": TEXT, "country": TEXT}},
    "schedule_follow_up": {"properties": {"on": TEXT, "hour": {"type": "integer"}, "in_hours": {"type": "number"}}},
}


def made(words: str, suggestion: str | None = None, heard: tuple[str, ...] = (), without: str = "") -> list[Call]:
    briefing = Briefing(words=words, turn=TurnData(suggestion=suggestion), heard=heard)
    offered = {name: schema for name, schema in SCHEMAS.items() if name != without}
    return calls(briefing, meaning(briefing), offered, NOW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("que temas ve?", [Call("show_syllabus", {})]),
        ("que trae el módulo 3", [Call("show_syllabus", {"module": 3})]),
        ("es una estafa?", [Call("find_testimonials", {"objection": "trust"})]),
        ("no me alcanza", [Call("compare_prices", {})]),
        ("quiero la demo y el temario", [Call("show_syllabus", {}), Call("create_demo_link", {})]),
        ("quiero hablar con alguien", [Call("contact_advisor", {"reason": "quiero hablar con alguien"})]),
        ("como pago?", [Call("create_payment_link", {})]),
        ("escríbeme el lunes a las 9", [Call("schedule_follow_up", {"on": "2026-11-23", "hour": 9})]),
        ("escríbeme en 2 horas", [Call("schedule_follow_up", {"in_hours": 2.0})]),
        ("soy contador", [Call("update_profile", {"occupation": "contador"})]),
        ("cuanto cuesta?", []),
        ("no gracias", []),
        ("no me escriban más", []),
        ("escríbeme luego", []),
        ("me quiero morir", []),
        ("hola", []),
    ],
)
def test_what_is_plainly_asked(words: str, expected: list[Call]) -> None:
    assert made(words) == expected


def test_the_next_best_tool_is_taken_when_the_best_is_not_offered() -> None:
    assert made("como me inscribo?", without="create_payment_link") == [Call("payment_options", {})]


def test_a_suggestion_that_fits_is_followed_and_another_is_not() -> None:
    assert made("no me alcanza", "present_offer") == [Call("present_offer", {})]
    assert made("hola", "present_offer") == []
    assert made("eres un robot?", "find_testimonials") == []
    assert made("no me alcanza", "no_such_tool") == [Call("compare_prices", {})]


def test_the_same_doubt_gets_another_help_and_in_the_end_none() -> None:
    names = [[call.name for call in made("es caro", heard=("es caro",) * times)] for times in range(4)]
    assert names == [["compare_prices"], ["present_offer"], ["payment_options"], []]


def test_a_tool_whose_required_argument_is_not_known_is_left() -> None:
    briefing = Briefing(words="que temas ve?")
    schema = {"show_syllabus": {"properties": {"secret": {"type": "string"}}, "required": ["secret"]}}
    assert calls(briefing, meaning(briefing), schema, NOW) == []


def test_at_most_two_calls_are_made() -> None:
    assert len(made("soy abogado, quiero el temario, la demo, testimonios y el descuento")) == 2


@pytest.mark.parametrize(
    ("schema", "value", "accepted"),
    [
        ({"type": "string", "maxLength": 2}, "abc", False),
        ({"type": "integer", "minimum": 1}, 0, False),
        ({"type": "integer"}, True, False),
        ({"type": "integer"}, 2.5, False),
        ({"type": "number"}, 2.5, True),
        ({"type": "boolean"}, True, True),
        ({"enum": ["a"]}, "b", False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None, True),
        ({"$ref": "#/$defs/Kind"}, "pdf", True),
        ({"allOf": [{"$ref": "#/$defs/Kind"}]}, "doc", False),
    ],
)
def test_a_schema_accepts(schema: dict[str, Any], value: object, accepted: bool) -> None:
    assert accepts(schema, value, {"Kind": {"type": "string", "enum": ["pdf"]}}) is accepted


@pytest.mark.parametrize("words", ["va, lo pienso", "Vale, me lo pienso, gracias", "vou pensar com calma"])
def test_nothing_is_shown_to_who_goes_to_think(words: str) -> None:
    briefing = Briefing(words=words, said=("¿Te envío la demo?",), turn=TurnData(suggestion="present_offer"))
    assert calls(briefing, meaning(briefing), SCHEMAS, NOW) == []


def test_who_is_under_age_gets_no_link_even_if_the_tool_were_offered() -> None:
    briefing = Briefing(words="pásame el link de pago", turn=TurnData(minor=True))
    assert calls(briefing, meaning(briefing), SCHEMAS, NOW) == []
