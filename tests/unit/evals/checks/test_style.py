"""Checks on style."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from evals.checks import Check
from tests.evaluations import make_case, make_turn

READ: TypeAdapter[Any] = TypeAdapter(Check)
LONG = "El precio del curso es el que ves en el anuncio y no cambia."


def _holds(check: dict[str, Any], *texts: str, **fields: Any) -> bool:
    turns = [make_turn(number, text, course=1, **fields) for number, text in enumerate(texts, 1)]
    return bool(READ.validate_python(check).judge(make_case(*turns)).passed)


def test_the_longest_message_counts() -> None:
    assert _holds({"longest": 60}, LONG) and not _holds({"longest": 59}, "Hola", LONG)


def test_a_reply_that_comes_again_is_found_whatever_its_capitals_but_a_courtesy_may() -> None:
    assert not _holds({"fresh": True}, LONG, "Hola", LONG.upper())
    assert _holds({"fresh": True}, "De nada, Ana.", "De nada, Ana.")
    assert _holds({"fresh": True}, LONG, LONG, model=None)


@pytest.mark.parametrize(
    ("topics", "text", "expected"),
    [
        ("price", "Sale en 249 USD.", True),
        ("price", "Sale en 2490 USD.", False),
        ("price", "Eso depende.", False),
        (["price", "certificate"], "Son 249 USD y hay certificado.", True),
        (["price", "certificate"], "Son 249 USD.", False),
        ("ai_identity", "Soy una IA.", True),
    ],
)
def test_what_was_asked_is_answered_by_the_facts_value(topics: Any, text: str, expected: bool) -> None:
    assert _holds({"answers": topics}, text) is expected


REFUSED = {"perception": {"intent": "refusal"}}


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        ("Entiendo, gracias por decírmelo.", REFUSED, True),
        ("Entiendo. ¿Y si te doy un descuento?", REFUSED, False),
        ("¡Aprovecha, últimos lugares!", REFUSED, False),
        ("Entiendo.", {**REFUSED, "buttons": [{"label": "Ir al pago", "url": "http://x"}]}, False),
        ("Entiendo.", {**REFUSED, "tools": [{"name": "present_offer", "args": {}, "missing": ""}]}, False),
        ("Hay una oferta.", {"perception": {"intent": "price_question"}}, True),
    ],
)
def test_a_no_is_a_no(text: str, fields: dict[str, Any], expected: bool) -> None:
    assert _holds({"accepts_refusal": True}, text, **fields) is expected


def test_at_one_turn_it_holds_whatever_was_understood() -> None:
    check = READ.validate_python({"accepts_refusal": True})
    assert not check.judge(make_case(make_turn(1, "Hay una oferta."), along=True)).passed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "El curso dura ocho semanas y lo ves a tu ritmo."),
        ("en", "The course takes eight weeks and you can go at your own pace."),
        ("pt", "O curso dura oito semanas e você pode ver com calma, não se preocupe."),
    ],
)
def test_the_language_is_told_by_small_words(language: str, text: str) -> None:
    for other in ("es", "en", "pt"):
        assert _holds({"speaks": other}, text) is (other == language)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("tu", "¿Qué quieres lograr? Cuéntame.", True),
        ("usted", "¿Qué quieres lograr? Cuéntame.", False),
        ("usted", "¿Qué desea usted?", True),
        ("vos", "¿Qué querés? Contame.", True),
        ("tu", "¿Qué querés? Contame.", False),
    ],
)
def test_how_a_person_is_addressed(form: str, text: str, expected: bool) -> None:
    assert _holds({"address": form}, text) is expected


def test_silence_is_right_where_it_is_asked_for_and_in_a_hand_off() -> None:
    silent = make_turn(2, stage="handoff")
    assert READ.validate_python({"replied": True}).judge(make_case(silent)).passed
    assert READ.validate_python({"replied": False}).judge(make_case(silent)).passed
    assert not READ.validate_python({"replied": True}).judge(make_case(make_turn(2))).passed
    assert not READ.validate_python({"replied": False}).judge(make_case(make_turn(2, "Hola"))).passed


def test_model_calls_are_counted_turn_by_turn() -> None:
    assert _holds({"model_calls": "<=2"}, "Hola", "Hola", model_calls=2)
    assert not _holds({"model_calls": 0}, "Hola", model_calls=1)
