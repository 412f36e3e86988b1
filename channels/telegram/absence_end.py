"""When an absence ends, as an advisor writes it behind /ausente; read on their own clock.

"2h", "90 min", "3 días" count from now; "18:30" is the next time that their clock shows it; "mañana", "lunes", "25/12"
or "2026-12-25" are the beginning of that day, or the hour that is written behind it.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.learning.words import plain

LONGEST = timedelta(days=366)
WEEKDAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_SPAN = re.compile(r"(?P<count>\d{1,3})\s*(?P<unit>min\w*|m|h\w*|d\w*|sem\w*)")
_HOUR = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?:hs?|hrs?|horas?)?\s*(?P<half>am|pm)?"
_CLOCK = re.compile(rf"(?:a las? )?{_HOUR}")
_DAY = re.compile(
    r"(?P<word>manana|pasado manana|" + "|".join(WEEKDAYS) + r")|(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?"
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "s": "weeks"}


def absence_end(text: str, now: datetime, place: ZoneInfo) -> datetime | None:
    """The moment that is meant (aware), after `now` and within a year; None when nothing is written.

    Raises:
        ValueError: it cannot be read, or is not ahead.
    """
    words = re.sub(r"^(hasta( el| las?)?|el|por|durante) ", "", " ".join(plain(text).split()))
    if not words:
        return None
    try:
        end = _span(words, now) or _clock(words, now, place) or _day(words, now, place)
    except (ValueError, OverflowError):
        end = None  # a day or an hour that there is not
    if end is None or not now < end <= now + LONGEST:
        raise ValueError(f"{text!r} is no end of an absence that lies ahead")
    return end


def _span(words: str, now: datetime) -> datetime | None:
    found = _SPAN.fullmatch(words)
    return now + timedelta(**{_UNITS[found["unit"][0]]: int(found["count"])}) if found else None


def _clock(words: str, now: datetime, place: ZoneInfo) -> datetime | None:
    found = _CLOCK.fullmatch(words)
    if not found:
        return None
    today = _at(now.astimezone(place).date(), found, place)
    return today if today > now else _at(now.astimezone(place).date() + timedelta(days=1), found, place)


def _day(words: str, now: datetime, place: ZoneInfo) -> datetime | None:
    found = _DAY.match(words)
    if not found:
        return None
    day = _date(found, now.astimezone(place).date())
    rest = words[found.end() :].strip()
    if not rest:
        return datetime.combine(day, time(), place)
    clock = _CLOCK.fullmatch(rest)
    return _at(day, clock, place) if clock else None


def _date(found: re.Match[str], today: date) -> date:
    """The day that is named; a day and month without a year is the next one."""
    if word := found["word"]:
        if word in WEEKDAYS:
            return today + timedelta(days=(WEEKDAYS.index(word) - today.weekday() - 1) % 7 + 1)
        return today + timedelta(days=2 if word.startswith("pasado") else 1)
    if found["iso"]:
        return date.fromisoformat(found["iso"])
    named = date(int(found["year"] or today.year), int(found["month"]), int(found["day"]))
    return named if found["year"] or named >= today else named.replace(year=today.year + 1)


def _at(day: date, clock: re.Match[str], place: ZoneInfo) -> datetime:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} is no hour of a half day")
        hour = hour % 12 + (12 if clock["half"] == "pm" else 0)
    return datetime.combine(day, time(hour, int(clock["minute"] or 0)), place)
