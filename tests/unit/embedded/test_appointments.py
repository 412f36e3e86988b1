"""Appointments: moments as people say them. The clock stands on Sunday, 22 November 2026, noon in Mexico."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.embedded.appointments import Appointment, appointment

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("escríbeme el lunes", Appointment(on=date(2026, 11, 23))),
        ("el domingo", Appointment(on=date(2026, 11, 29))),
        ("recuérdame mañana", Appointment(on=date(2026, 11, 23))),
        ("mañana por la mañana", Appointment(on=date(2026, 11, 23), hour=10)),
        ("pasado mañana a las 9", Appointment(on=date(2026, 11, 24), hour=9)),
        ("el viernes a las 5 de la tarde", Appointment(on=date(2026, 11, 27), hour=17)),
        ("en 2 horas", Appointment(in_hours=2.0)),
        ("dentro de media hora", Appointment(in_hours=0.5)),
        ("en una semana", Appointment(in_hours=168.0)),
        ("la próxima semana", Appointment(on=date(2026, 11, 29))),
        ("el 5 de diciembre", Appointment(on=date(2026, 12, 5))),
        ("el 5 de enero", Appointment(on=date(2027, 1, 5))),
        ("por la noche", Appointment(hour=20)),
        ("el 31 de febrero", None),
        ("en 900 semanas", None),
        ("a las 99", None),
        ("luego", None),
    ],
)
def test_a_moment(text: str, expected: Appointment | None) -> None:
    assert appointment(text, NOW) == expected


def test_a_day_is_the_persons_day_and_not_utcs() -> None:
    late = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert appointment("mañana", late) == Appointment(on=date(2026, 11, 23))


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    found = appointment(text, NOW)
    assert found is None or found != Appointment()
