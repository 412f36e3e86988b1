"""Ranking forgives how people write, and orders the same rows the same way."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ranking import best, distance, fold, overlap, stems


@dataclass(frozen=True)
class Numbered:
    """A row with a number and a worth."""

    id: int
    worth: int = 0


def _worth(row: Numbered) -> int:
    return row.worth


rows = st.lists(st.builds(Numbered, id=st.integers(0, 50), worth=st.integers(0, 3)), unique_by=lambda row: row.id)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Médicas", "medico"),
        ("ABOGADO", "abogadas"),
        ("contadora", "Contador público"),
        ("diseñadores", "Diseñadora gráfica"),
        ("precios", "el precio"),
        ("auto\u200bmatizar", "automatización"),
    ],
)
def test_the_same_word_in_other_clothes_shares_a_stem(left: str, right: str) -> None:
    assert overlap(left, [right]) == 1


@pytest.mark.parametrize("text", ["", "🙂🙂", "\u202e\u200d", "el de la", "para con por", "\x00"])
def test_a_text_without_meaning_matches_nothing(text: str) -> None:
    assert overlap(text, [text, "Marketing para médicos"]) == 0


def test_different_occupations_share_nothing() -> None:
    assert overlap("enfermera", ["Contadora", "Abogado", "Diseñador gráfico"]) == 0


def test_nothing_wanted_overlaps_nothing() -> None:
    assert overlap(None, ["Marketing"]) == 0


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcñáé xyz", max_size=30))
def test_letter_case_changes_no_stem(text: str) -> None:
    assert stems(text.upper()) == stems(text)


@given(rows, st.text(), st.integers(1, 5))
def test_the_best_rows_do_not_depend_on_the_order_given(given_rows: list[Numbered], seed: str, limit: int) -> None:
    chosen = best(given_rows, _worth, seed, limit)
    assert chosen == best(list(reversed(given_rows)), _worth, seed, limit)
    assert len(chosen) == min(limit, len(given_rows))
    left_out = set(given_rows) - set(chosen)
    assert all(row.worth >= other.worth for row in chosen for other in left_out)


def test_ties_are_broken_differently_in_different_turns() -> None:
    equal = [Numbered(number) for number in range(6)]
    firsts = {best(equal, _worth, f"turn-{turn}", 1)[0].id for turn in range(60)}
    assert len(firsts) > 3


@pytest.mark.parametrize(
    ("left", "right", "slips"),
    [("curso", "curso", 0), ("curso", "cruso", 1), ("curso", "cursos", 1), ("curso", "kurzo", 2), ("", "abc", 3)],
)
def test_distance_counts_slips(left: str, right: str, slips: int) -> None:
    assert distance(left, right) == slips


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_symmetric_and_zero_only_for_the_same(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)
    assert distance(left, right) <= max(len(left), len(right))
