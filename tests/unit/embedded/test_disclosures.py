"""Disclosures: what is plainly stated is taken, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.embedded.disclosures import LIMIT, disclosed, gathered, tellable, told_back


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("soy contador", {"occupation": "contador"}),
        ("Soy maestra de primaria, vivo en Perú", {"occupation": "maestra de primaria", "country": "Perú"}),
        ("trabajo en una pyme", {"company": "una pyme"}),
        ("Trabajo en Bimbo", {"company": "Bimbo"}),
        ("trabajo en ventas", {"occupation": "ventas"}),
        ("me dedico a la venta de ropa", {"occupation": "venta de ropa"}),
        ("tengo una tienda de ropa y me interesa", {"company": "una tienda de ropa"}),
        ("soy de Colombia", {"country": "Colombia"}),
        ("quiero cambiar de trabajo, cuanto cuesta?", {"goal": "cambiar de trabajo"}),
        ("mi correo es ana.b@example.com", {"email": "ana.b@example.com"}),
        ("soy nuevo en esto", {}),
        ("soy mayor", {}),
        ("quiero hablar con alguien", {}),
        ("quiero ver la demo", {}),
        ("cuanto cuesta?", {}),
        ("estoy en el trabajo", {}),
    ],
)
def test_what_is_stated(text: str, expected: dict[str, str]) -> None:
    assert disclosed(text) == expected


def test_the_later_word_counts() -> None:
    assert gathered(["soy contador", "hola", "soy abogado"]) == {"occupation": "abogado"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("soy contadora en una pyme", "eres contadora en una pyme"),
        ("quiero automatizar mis reportes", "quieres automatizar tus reportes"),
        ("quiero cambiar de trabajo", "quieres cambiar de trabajo"),
        ("trabajo en ventas y tengo poco tiempo", "trabajas en ventas y tienes poco tiempo"),
    ],
)
def test_words_are_turned_to_the_person(said: str, told: str) -> None:
    assert told_back(said) == told


def test_numbers_and_questions_are_not_told_back() -> None:
    lines = ["soy contadora en una pyme", "tengo 45 años cumplidos", "soy apto para esto?", "me interesa el curso"]
    assert list(tellable(lines)) == ["soy contadora en una pyme"]


@given(st.text())
def test_any_text_discloses_short_things(text: str) -> None:
    assert all(0 < len(value) <= LIMIT for value in disclosed(text).values())
    assert isinstance(told_back(text), str)
