"""Phrases: elements of a pattern, the longest match, and the reach of a negation."""

import pytest

from core.learning.phrases import Phrasebook, find, phrasebook, vocabulary

CLASSES = {"want": ["quiero", "deseo"]}


def book(**phrases: list[str]) -> Phrasebook:
    return phrasebook(phrases, CLASSES, ["no"], lambda word: word)


def labels(text: str, **phrases: list[str]) -> list[str]:
    return [label for hit in find(text.split(), book(**phrases)) for label in hit.labels]


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("muy caro", "# es muy caro #", "# muy barato y caro #"),
        ("muy caro/cara", "# muy cara #", "# muy raro #"),
        ("muy [muy] caro", "# muy caro #", "# muy y caro #"),
        ("@want curso", "# deseo curso #", "# tengo curso #"),
        ("no tengo ~ dinero", "# no tengo nada de dinero #", "# no tengo , dinero #"),
        ("no tengo ~ dinero", "# no tengo dinero #", "# no tengo uno dos tres cuatro dinero #"),
        ("# basta #", "# hola , basta ?", "# no me basta con eso #"),
        ("es caro ?", "# es caro ?", "# es caro #"),
    ],
)
def test_an_element_matches_what_it_says(pattern: str, matching: str, other: str) -> None:
    assert labels(matching, hit=[pattern]) == ["hit"]
    assert labels(other, hit=[pattern]) == []


def test_a_longer_phrase_hides_a_shorter_one() -> None:
    phrases = {"refusal": ["no gracias"], "thanks": ["no gracias a ti"]}
    assert labels("# no gracias a ti #", **phrases) == ["thanks"]
    assert labels("# no gracias #", **phrases) == ["refusal"]


def test_a_phrase_at_an_edge_does_not_hide_a_longer_one_behind_the_edge() -> None:
    assert labels("# no , gracias #", decline=["# no #"], refusal=["no [,] gracias"]) == ["refusal"]


def test_phrases_of_one_place_and_length_share_their_labels() -> None:
    assert sorted(labels("# demo #", topic=["demo"], intent=["demo"])) == ["intent", "topic"]


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("# no es caro #", True),
        ("# no , es caro #", False),
        ("# no quiero pero es caro #", False),
        ("# no uno dos tres caro #", False),
    ],
)
def test_a_negation_reaches_three_words_within_its_clause(text: str, negated: bool) -> None:
    assert [hit.negated for hit in find(text.split(), book(price=["caro"]))] == [negated]


def test_a_negation_that_is_part_of_a_phrase_is_used_up() -> None:
    hits = find("# no me alcanza caro #".split(), book(price=["no me alcanza", "caro"]))
    assert [hit.negated for hit in hits] == [False, False]


def test_an_unknown_class_is_named_with_its_phrase() -> None:
    with pytest.raises(ValueError, match=r"'@nobody'"):
        book(hit=["@nobody here"])


def test_the_vocabulary_holds_words_and_no_classes() -> None:
    assert vocabulary({"hit": ["@want el/la [curso] ~"]}) == {"el", "la", "curso"}
