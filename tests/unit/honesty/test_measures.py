import pytest

from agent.honesty.measures import find_unit
from agent.honesty.numerals import find_numerals
from agent.honesty.tokens import tokenize


@pytest.mark.parametrize(
    ("folded", "name"),
    [
        ("us$249", "USD"),
        ("$249 mxn", "MXN"),
        ("249 dolares", "USD"),
        ("35 por ciento", "%"),
        ("5 (cinco) lugares", "places"),
        ("5 ultimos lugares", "places"),
        ("8 intensas semanas", "weeks"),
        ("5\nlugares", "places"),
        ("12 modulos", None),
    ],
)
def test_the_unit_beside_a_number(folded: str, name: str | None) -> None:
    tokens = tokenize(folded)
    unit = find_unit(tokens, find_numerals(tokens)[0])
    assert (unit.name if unit else None) == name
