import pytest

from agent.honesty.plaintext import plain
from agent.honesty.quotations import find_quotes, same_words


@pytest.mark.parametrize(
    "text",
    ["«Me cambió la vida.»", "“Me cambió la vida”", '"me cambió la vida', "'Me cambió la vida'",
     "> Me cambió la vida", "‘Me cambió la vida’"],
)  # fmt: skip
def test_quotations_are_found(text: str) -> None:
    assert [finding.value for finding in find_quotes(plain(text))] == ["me cambio la vida"]


@pytest.mark.parametrize(
    "text", ["el botón «Ver demo»", 'lo que llamas "copiar y pegar"', "don't worry, it's what you're after"]
)
def test_short_ones_are_left(text: str) -> None:
    assert find_quotes(plain(text)) == []


def test_words_are_compared_without_dress() -> None:
    assert same_words("¡Me  CAMBIÓ, la vida!") == "me cambio la vida"
