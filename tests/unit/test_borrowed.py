"""Borrowed words: whose wish enrolling is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.borrowed import forwarded, not_own_enrolment
from core.learning.words import raw_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FWD: hola", True),
        ("Fw: hola", True),
        ("RV: hola", True),
        ("Reenviado: hola", True),
        ("hola, te paso el fwd", False),
        ("reenviado", False),
        ("", False),
    ],
)
def test_a_forwarded_message_is_known_by_its_opening(text: str, expected: bool) -> None:
    assert forwarded(raw_words(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿mi ex está inscrita?", True),
        ("is my brother already enrolled? he was enrolled in May", True),
        ("se inscribió mi hermana", True),
        ("la inscripción cierra hoy", True),
        ("enrolment closes tonight", True),
        ("si la inscripción cierra hoy, quiero inscribirme", False),
        ("¿cuál es el proceso de inscripción?", False),
        ("¿cómo se inscribe uno?", False),
    ],
)
def test_another_ones_enrolment_is_told_from_an_own_wish(text: str, expected: bool) -> None:
    assert not_own_enrolment(raw_words(text)) is expected


@given(st.text(max_size=60))
def test_an_own_wish_is_never_taken_for_another_ones(text: str) -> None:
    assert not not_own_enrolment(raw_words(f"{text}\nquiero inscribirme"))
