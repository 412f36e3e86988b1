"""A booking as a calendar file (RFC 5545): what a person opens to have it in their own calendar.

The entry's UID stays when the booking is moved, and its SEQUENCE grows, so that a calendar moves the entry it has
instead of adding another. One that was cancelled is withdrawn with METHOD:CANCEL. Moments are in UTC, which every
calendar shows on its owner's clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

from core.domain.bookings import Booking, BookingStatus

PRODUCT = "-//Brenda//Demo//ES"
ALARM_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """What stands in the entry. `organiser_email` is left out when empty; `page` is where it can be changed."""

    title: str
    description: str
    organiser: str
    organiser_email: str
    page: str


def calendar_file(booking: Booking, words: CalendarWords, now: datetime) -> bytes:
    """The file's content, in UTF-8."""
    withdrawn = booking.status is BookingStatus.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if withdrawn else "PUBLISH")
    calendar.add_component(_entry(booking, words, now, withdrawn))
    content: bytes = calendar.to_ical()
    return content


def _entry(booking: Booking, words: CalendarWords, now: datetime, withdrawn: bool) -> Event:
    entry = Event()
    entry.add("uid", booking.calendar_uid)
    entry.add("sequence", booking.calendar_sequence)
    entry.add("dtstamp", now)
    entry.add("dtstart", booking.starts_at)
    entry.add("dtend", booking.ends_at)
    entry.add("summary", words.title)
    entry.add("description", words.description)
    entry.add("status", "CANCELLED" if withdrawn else "CONFIRMED")
    if booking.place:
        entry.add("location", booking.place)
    entry["url"] = vUri(words.page)
    if words.organiser_email:
        entry["organizer"] = _organiser(words)
    if not withdrawn:
        entry.add_component(_alarm(words.title))
    return entry


def _organiser(words: CalendarWords) -> vCalAddress:
    address = vCalAddress(f"mailto:{words.organiser_email}")
    address.params["cn"] = vText(words.organiser)
    return address


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
