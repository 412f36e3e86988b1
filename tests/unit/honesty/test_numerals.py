from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.honesty.numerals import find_numerals, read_digits
from agent.honesty.plaintext import fold
from agent.honesty.tokens import tokenize
from tests.unit.honesty.lies import in_digits, in_words


def values(text: str) -> list[Decimal]:
    return [numeral.value for numeral in find_numerals(tokenize(fold(text)))]


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1.299,50", "1299.5"), ("1,299.50", "1299.5"), ("1.299", "1299"), ("12,5", "12.5"), ("0.125", "0.125"),
     ("4 500", "4500"), ("4 9", "49")],
)  # fmt: skip
def test_separators_of_several_countries(raw: str, value: str) -> None:
    assert read_digits(raw) == Decimal(value)


@given(st.integers(2, 9999))
def test_words_and_digits_agree(number: int) -> None:
    assert values(in_words(number)) == [number]
    assert all(values(shown) == [number] for shown in in_digits(number))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two hundred and fifty", [250]),
        ("twenty five", [25]),
        ("2 mil 500", [2500]),
        ("1.5k", [1500]),
        ("dos millones", [2_000_000]),
        ("un par de semanas", [2]),
        ("entre veinte y treinta", [20, 30]),
        ("ten en cuenta esto", []),
        ("once you finish", []),
        ("35 por ciento", [35]),
    ],
)
def test_numbers_in_words(text: str, expected: list[int]) -> None:
    assert values(text) == expected
