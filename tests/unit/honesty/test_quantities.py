import pytest

from agent.honesty.plaintext import plain
from agent.honesty.quantities import find_quantities


def said(text: str) -> list[tuple[str, str, str]]:
    return [(finding.kind.value, finding.value, finding.unit) for finding in find_quantities(plain(text).folded)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$249", [("money", "249", "$")]),
        ("US$ 249,00", [("money", "249", "USD")]),
        ("$ 4 500 MXN", [("money", "4500", "MXN")]),
        ("2 mil pesos", [("money", "2000", "PESO")]),
        ("500 pesos colombianos", [("money", "500", "COP")]),
        ("entre 200 y 300 dólares", [("money", "200", "USD"), ("money", "300", "USD")]),
        ("$200-300", [("money", "200", "$"), ("money", "300", "$")]),
        ("cuesta 99", [("money", "99", "")]),
        ("cuesta 249 hoy", [("money", "249", "")]),
        ("un 12,5 %", [("percent", "12.5", "%")]),
        ("4-6 semanas", [("duration", "4", "weeks"), ("duration", "6", "weeks")]),
        ("12-week program", [("duration", "12", "weeks")]),
        ("un año y medio", [("duration", "1.5", "years")]),
        ("media hora", [("duration", "0.5", "hours")]),
        ("vence en 48 horas", [("date", "48", "in hours")]),
        ("tienes 6 meses", [("duration", "6", "in months")]),
        ("quedan 5 lugares", [("seats", "5", "places")]),
        ("quedan 5", [("seats", "5", "places")]),
        ("queda un lugar", [("seats", "1", "places")]),
        ("más de 2.000 alumnos", [("count", ">2000", "alumnos")]),
        ("4 mentores", [("count", "4", "mentores")]),
        ("son 77", [("count", "77", "")]),
    ],
)
def test_numbers_take_their_unit(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    ["te hago 2 preguntas", "mil gracias", "100% online", "un día a la vez", "GPT-4 y n8n", "el módulo 3",
     "en 2026", "1. Hola\n2) Adiós",
     "en 1 minuto te cuento", "un lugar para aprender", "Web 2.0", "dos buenas noticias"],
)  # fmt: skip
def test_what_claims_nothing(text: str) -> None:
    assert said(text) == []
