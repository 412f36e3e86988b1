import pytest

from agent.honesty.plaintext import fold
from agent.honesty.pressure import find_pressure


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Es gratis", "0", "free"),
        ("sin costo", "0", "free"),
        ("quedan pocos cupos", "few", "vague"),
        ("cupo limitado", "limited", "vague"),
        ("últimas horas", "hours", "vague"),
        ("por tiempo limitado", "soon", "vague"),
        ("última oportunidad", "soon", "vague"),
        ("no te quedes fuera", "soon", "vague"),
        ("tiene garantía", "garantia", "guarantee"),
        ("garantizamos empleo", "garantizamos empleo", "result"),
        ("duplicarás", "duplicaras", "result"),
    ],
)
def test_pressure_is_found(text: str, value: str, unit: str) -> None:
    assert (value, unit) in [(finding.value, finding.unit) for finding in find_pressure(fold(text))]


@pytest.mark.parametrize(
    "text",
    ["No es gratis.", "No puedo garantizarte un empleo.", "Feel free to ask.", "No hay cupo limitado.",
     "Sin prisa, decide con calma.",
     "Nadie puede garantizar eso."],
)  # fmt: skip
def test_denials_claim_nothing(text: str) -> None:
    assert find_pressure(fold(text)) == []


def test_a_denial_of_only_is_none() -> None:
    assert find_pressure(fold("No solo te garantizo empleo"))
