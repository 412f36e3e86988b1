"""JSON of strangers becomes something that Postgres can keep, or is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.json_text import clean, clean_tree

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)


@given(TREES)
def test_whatever_comes_can_be_written_as_utf8_without_nul(tree: Any) -> None:
    written = json.dumps(clean_tree(tree, 64), ensure_ascii=False).encode()
    assert b"\\u0000" not in written


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_what_is_well_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_surrogate_without_its_half_is_replaced_and_a_pair_is_joined() -> None:
    assert clean("a\ud800b") == "a\ufffdb"
    assert clean("\ud83d\ude00") == "😀"


def test_what_is_nested_too_deep_is_refused() -> None:
    tree: Any = "x"
    for _ in range(3):
        tree = [tree]
    assert clean_tree(tree, 3) == tree
    with pytest.raises(ValueError, match="deep"):
        clean_tree(tree, 2)
