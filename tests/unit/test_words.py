"""Words: what is dropped, written out, led back, and left alone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.words import EDGES, MAX_TOKENS, plain, raw_words, singular, spelling, tokenise

KNOWN = spelling(
    frozenset({"certificado", "precio", "curso", "porque", "despues", "caro", "presente"}),
    {"q": "que", "x": "por", "tmb": "tambien"},
    ["jaja", "porfa"],
    ["precioso"],
)


def tokens(text: str) -> list[str]:
    return list(tokenise(raw_words(text), KNOWN))[1:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PRECIÓ", ["precio"]),
        ("caroooo", ["caro"]),
        ("q curso tmb", ["que", "curso", "tambien"]),
        ("x q despues", ["porque", "despues"]),
        ("por favor, curso", ["curso"]),
        ("cursos", ["curso"]),
        ("sertificado certifcado certificdao", ["sertificado", "certificado", "certificado"]),
        ("precioso", ["precioso"]),
        ("leer free", ["leer", "free"]),
        ("jajaja jaja curso 👍", ["curso"]),
        ("yo@casa.com https://x.y curso", ["curso"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert [token for token in tokens(text) if token != "#"] == [token for token in expected if token != "#"]


def test_edges_never_stand_side_by_side_and_the_question_mark_wins() -> None:
    assert tokenise(raw_words("¿curso?!... precio"), KNOWN) == ("#", "curso", "?", "precio", "#")


def test_a_plural_is_folded_only_onto_a_known_word() -> None:
    assert singular("cursos", frozenset({"curso"})) == "curso"
    assert singular("lunes", frozenset({"curso"})) == "lunes"


@given(st.text())
def test_any_text_becomes_a_bounded_row_that_edges_open_and_close(text: str) -> None:
    row = tokenise(raw_words(text), KNOWN)
    assert row[0] in EDGES
    assert row[-1] in EDGES
    assert len(raw_words(text)) <= MAX_TOKENS
    assert not any(one in EDGES and other in EDGES for one, other in itertools.pairwise(row))


@given(st.text())
def test_plain_is_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)
