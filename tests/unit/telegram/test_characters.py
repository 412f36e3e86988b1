"""Characters."""

import json

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.characters import clean, clean_tree, utf16_length

ANY = st.text(alphabet=st.characters(categories=("L", "Cs", "Cc", "So")), max_size=50)


@given(ANY)
def test_clean_text_is_what_postgres_takes(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")))
def test_good_text_is_left_alone(text: str) -> None:
    assert clean(text) == text
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_two_halves_become_one_character_and_one_half_a_mark() -> None:
    assert clean("\ud83d\ude42 \ud83d!") == "🙂 \ufffd!"


def test_all_strings_of_a_tree() -> None:
    tree = json.loads('{"a\\u0000": ["x\\u0000", 1, {"b": "\\ud83d"}], "c": null}')
    assert clean_tree(tree) == {"a": ["x", 1, {"b": "\ufffd"}], "c": None}
