"""Calendar files are read back as they were meant, whatever the words in them hold."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from channels.web.calendar_file import ALARM_BEFORE, CalendarWords, calendar_file
from core.domain.bookings import Booking, BookingProvider, BookingStatus

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = CalendarWords("Demo", "Nota", "Academia", "hola@academia.example", "https://brenda.example/demo/x")
BOOKING = Booking(
    id=UUID(int=1),
    demo_link_id=UUID(int=2),
    lead_id=UUID(int=3),
    course_id=1,
    host_id=1,
    host_name="Ana",
    place="https://sala.example/1",
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=1, minutes=30),
    status=BookingStatus.BOOKED,
    visitor_timezone="America/Bogota",
    created_at=NOW,
    cancelled_at=None,
    calendar_uid="1@brenda",
    calendar_sequence=3,
    provider=BookingProvider.OWN,
    provider_reference=None,
    change_url=None,
    cancel_url=None,
)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=200)


@given(words, words)
def test_any_words_come_back_and_add_nothing(title: str, place: str) -> None:
    content = calendar_file(
        BOOKING.model_copy(update={"place": place}), CalendarWords(title, "", "Academia", "", "https://x.example"), NOW
    )
    calendar = Calendar.from_ical(content)
    [entry] = calendar.walk("VEVENT")
    assert (str(entry["SUMMARY"]), str(entry["LOCATION"])) == (title, place)
    assert entry.decoded("DTSTART") == BOOKING.starts_at
    assert entry.decoded("DTEND") == BOOKING.ends_at
    assert (str(entry["UID"]), entry["SEQUENCE"]) == ("1@brenda", 3)
    assert "ORGANIZER" not in entry


def test_a_confirmed_entry_reminds_and_says_who_invites() -> None:
    calendar = Calendar.from_ical(calendar_file(BOOKING, WORDS, NOW))
    [entry], [alarm] = calendar.walk("VEVENT"), calendar.walk("VALARM")
    assert (str(calendar["METHOD"]), str(entry["STATUS"])) == ("PUBLISH", "CONFIRMED")
    assert alarm.decoded("TRIGGER") == -ALARM_BEFORE
    assert str(entry["ORGANIZER"]) == "mailto:hola@academia.example"
    assert entry["ORGANIZER"].params["CN"] == "Academia"


@pytest.mark.parametrize("status", list(BookingStatus))
def test_only_what_was_cancelled_is_withdrawn(status: BookingStatus) -> None:
    calendar = Calendar.from_ical(calendar_file(BOOKING.model_copy(update={"status": status}), WORDS, NOW))
    withdrawn = status is BookingStatus.CANCELLED
    assert str(calendar["METHOD"]) == ("CANCEL" if withdrawn else "PUBLISH")
    assert bool(calendar.walk("VALARM")) is not withdrawn


def test_lines_end_and_fold_as_calendars_want_it() -> None:
    content = calendar_file(BOOKING.model_copy(update={"place": "á" * 200}), WORDS, NOW)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
