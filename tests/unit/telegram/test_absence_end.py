"""The end of an absence as people write it, on their own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.absence_end import LONGEST, absence_end

BOGOTA = ZoneInfo("America/Bogota")
NOW = datetime(2026, 11, 25, 15, 30, tzinfo=BOGOTA)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2h", "2026-11-25 17:30"),
        ("90 min", "2026-11-25 17:00"),
        ("por 3 días", "2026-11-28 15:30"),
        ("1 semana", "2026-12-02 15:30"),
        ("18:30", "2026-11-25 18:30"),
        ("hasta las 6pm", "2026-11-25 18:00"),
        ("9", "2026-11-26 09:00"),
        ("12am", "2026-11-26 00:00"),
        ("mañana", "2026-11-26 00:00"),
        ("hasta mañana a las 9", "2026-11-26 09:00"),
        ("pasado mañana 10:15", "2026-11-27 10:15"),
        ("hasta el lunes", "2026-11-30 00:00"),
        ("miércoles 8:00", "2026-12-02 08:00"),
        ("25/12", "2026-12-25 00:00"),
        ("25/12 09:00", "2026-12-25 09:00"),
        ("1/2", "2027-02-01 00:00"),
        ("25/11 18:00", "2026-11-25 18:00"),
        ("2026-12-01 08:30", "2026-12-01 08:30"),
    ],
)
def test_what_people_write(text: str, end: str) -> None:
    assert absence_end(text, NOW, BOGOTA) == datetime.fromisoformat(end).replace(tzinfo=BOGOTA)


@pytest.mark.parametrize("text", ["", "  "])
def test_without_an_end(text: str) -> None:
    assert absence_end(text, NOW, BOGOTA) is None


@pytest.mark.parametrize(
    "text",
    ["no sé", "25:00", "31/2", "2026-11-01", "25/11/2026", "999 semanas", "0h", "mañana temprano", "13pm", "/lead 1"],
)
def test_what_is_no_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no end of an absence"):
        absence_end(text, NOW, BOGOTA)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    now = NOW.astimezone(UTC)
    try:
        end = absence_end(text, now, BOGOTA)
    except ValueError:
        return
    assert end is None or now < end <= now + LONGEST


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_clock_time_is_the_next_one(hour: int, minute: int) -> None:
    end = absence_end(f"{hour}:{minute:02}", NOW, BOGOTA)
    assert end is not None
    assert (end.hour, end.minute) == (hour, minute)
    assert timedelta() < end - NOW <= timedelta(days=1)
