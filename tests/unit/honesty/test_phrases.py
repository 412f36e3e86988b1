import pytest

from agent.honesty.phrases import find_phrases


@pytest.mark.parametrize(
    ("folded", "value"),
    [
        ("a mitad de precio", "50"),
        ("la mitad de nuestros alumnos", "50"),
        ("aprovecha el 2x1", "2x1"),
        ("nueve de cada diez alumnos", "90"),
        ("9 out of 10 students", "90"),
        ("miles de alumnos", ">1000"),
        ("hora y media", "1.5"),
    ],
)
def test_phrases_are_found(folded: str, value: str) -> None:
    assert [finding.value for finding in find_phrases(folded)] == [value]


@pytest.mark.parametrize("folded", ["a la mitad del curso", "miles de maneras", "uno de cada", "dos horas y media"])
def test_other_phrases_are_left(folded: str) -> None:
    assert find_phrases(folded) == []
