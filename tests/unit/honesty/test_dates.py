import pytest

from agent.honesty.dates import find_dates, find_named_days, find_times
from agent.honesty.plaintext import fold


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("el 30/11/2026", "2026-11-30"),
        ("30-11-26", "2026-11-30"),
        ("30.11.2026", "2026-11-30"),
        ("2026-11-30T23:59", "2026-11-30"),
        ("el 30 de noviembre de 2026", "2026-11-30"),
        ("November 30, 2026", "2026-11-30"),
        ("30 nov", "--11-30"),
        ("treinta de noviembre", "--11-30"),
        ("en diciembre", "--12"),
    ],
)
def test_dates_are_read(text: str, value: str) -> None:
    assert [finding.value for finding in find_dates(fold(text))] == [value]


@pytest.mark.parametrize("text", ["50/50", "24/7", "de 4-6 semanas", "cuesta 1.299,50", "la mayor parte"])
def test_what_is_no_date(text: str) -> None:
    assert find_dates(fold(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Termina hoy", "0"),
        ("¡Solo por hoy!", "0"),
        ("Mañana sube el precio", "1"),
        ("Vence pasado mañana", "2"),
        ("Válido hasta el domingo", "6"),
        ("Vence el 30", "30"),
        ("Te escribo el lunes.", "0"),
        ("Hoy es el último día", "0"),
    ],
)
def test_days_on_which_something_ends(text: str, value: str) -> None:
    assert [finding.value for finding in find_named_days(fold(text))] == [value]


@pytest.mark.parametrize(
    "text", ["¡Hasta mañana!", "¿Lo vemos mañana?", "Hoy te cuento más", "hoy en día", "¿Te escribo el lunes?",
     "por la mañana"]
)  # fmt: skip
def test_days_that_are_only_mentioned(text: str) -> None:
    assert find_named_days(fold(text)) == []


def test_times_of_an_end_are_told_from_others() -> None:
    ends, others = find_times(fold("Nos vemos a las 10:30. La oferta termina a las 23:59."))
    assert [finding.value for finding in ends] == ["23:59"]
    assert [finding.value for finding in others] == ["10:30"]
