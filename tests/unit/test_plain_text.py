import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from core.domain.plain_text import Line, email_address, plain

_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}


@given(st.text(alphabet=st.characters(), max_size=400), st.integers(1, 60))
def test_what_is_left_can_be_stored_shown_and_sent(text: str, limit: int) -> None:
    cleaned = plain(text, limit)
    assert len(cleaned) <= limit
    assert not any(unicodedata.category(character) in _INVISIBLE for character in cleaned)
    assert cleaned == plain(cleaned, limit)
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  hola\n\tmundo ", "hola mundo"),
        ("a\x00b\u200bc\u202ed\ufeff", "abcd"),
        ("\ud800sola", "sola"),
        ("uno dos tres", "uno dos"),
        ("unodostrescuatro", "unodostres"),
        ("ñandú 你好", "ñandú 你好"),
    ],
)
def test_words_stay_and_the_rest_goes(text: str, expected: str) -> None:
    assert plain(text, 10) == expected


def test_a_line_is_cut_to_two_hundred_characters_and_takes_numbers() -> None:
    line = TypeAdapter(Line)
    assert len(line.validate_python("palabra " * 5_000)) <= 200
    assert line.validate_python(500) == "500"


@pytest.mark.parametrize("text", ["Ana.Ruiz+x@correo.com.mx", " mailto:ana@a-b.org "])
def test_an_address_is_known_by_its_shape(text: str) -> None:
    assert email_address(text) == text.strip().removeprefix("mailto:").lower()


@pytest.mark.parametrize(
    "text",
    ["", "ana", "ana@", "@b.com", "a b@c.com", "a@b", "a@b..com", "a@@b.com", "a@b.com,c@d.com", "a@" + "b" * 300],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert email_address(text) is None
