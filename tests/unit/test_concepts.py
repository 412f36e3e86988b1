"""The concepts' file is written as tokens are, and its stems are found."""

import tomllib

from core.learning.concepts import PATH, SHORTEST_STEM, concepts

DATA = tomllib.loads(PATH.read_text(encoding="utf-8"))


def test_words_are_plain_and_single() -> None:
    words = [word for words in DATA.values() for word in words]
    assert all(word.removesuffix("*").isalnum() and word == word.lower() and word.isascii() for word in words)
    assert all(len(word) > SHORTEST_STEM for word in words if word.endswith("*"))


def test_no_concept_names_a_word_twice() -> None:
    assert [name for name, words in DATA.items() if len(set(words)) < len(words)] == []


def test_whole_words_and_beginnings_are_found() -> None:
    assert "spouse" in set(concepts().of("pololo"))
    assert "scam" in set(concepts().of("estafadores"))
    assert set(concepts().of("zzz")) == set()
