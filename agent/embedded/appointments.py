"""Appointments: when a person asks to be written to, read from how they say it.

The result is what `schedule_follow_up` takes: hours from now, or a local day and perhaps an hour of the person's clock.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.zones import DEFAULT_ZONE
from core.learning.words import plain

WEEKDAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
NUMBERS = {"un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "media": 0.5, "diez": 10}
PARTS_OF_DAY = {"manana": 10, "mediodia": 12, "tarde": 16, "noche": 20}
HOURS = {"minuto": 1 / 60, "hora": 1.0, "dia": 24.0, "semana": 168.0}
LONGEST = 24.0 * 60

_IN = re.compile(rf"\b(?:en|dentro de) (\d{{1,3}}|{'|'.join(NUMBERS)}) ({'|'.join(HOURS)})s?\b")
_AT = re.compile(r"\ba las? (\d{1,2})(?::\d\d)?\s*(am|pm|a\.m|p\.m|de la tarde|de la noche|de la manana)?")
_PART = re.compile(r"\b(?:por|en|a) la (manana|tarde|noche)\b|\bal? (mediodia)\b")
_DAY = re.compile(rf"\b(\d{{1,2}}) de ({'|'.join(MONTHS)})\b")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A moment: `in_hours` from now, or the local day `on`, or the next `hour` (0-23) of the clock."""

    in_hours: float | None = None
    on: date | None = None
    hour: int | None = None


def appointment(text: str, now: datetime) -> Appointment | None:
    """The moment that `text` names, or None. `now` is aware; days are those of the default zone."""
    said = plain(text)
    soon = _IN.search(said)
    if soon:
        amount = NUMBERS.get(soon.group(1)) or float(soon.group(1))
        hours = amount * HOURS[soon.group(2)]
        return Appointment(in_hours=hours) if 0 < hours <= LONGEST else None
    day, hour = _day(said, now.astimezone(ZoneInfo(DEFAULT_ZONE)).date()), _hour(said)
    return Appointment(on=day, hour=hour) if day or hour is not None else None


def _day(said: str, today: date) -> date | None:
    if "pasado manana" in said:
        return today + timedelta(days=2)
    if re.search(r"(?<!la )\bmanana\b", said) or "tomorrow" in said:
        return today + timedelta(days=1)
    for number, name in enumerate(WEEKDAYS):
        if re.search(rf"\b{name}\b", said):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if re.search(r"\b(?:proxima|otra|siguiente) semana|semana que viene|next week\b", said):
        return today + timedelta(days=7)
    return _calendar_day(said, today)


def _calendar_day(said: str, today: date) -> date | None:
    found = _DAY.search(said)
    if not found:
        return None
    month = MONTHS.index(found.group(2)) + 1
    try:
        day = date(today.year, month, int(found.group(1)))
        return day if day > today else day.replace(year=today.year + 1)
    except ValueError:
        return None


def _hour(said: str) -> int | None:
    found = _AT.search(said)
    if found:
        hour = int(found.group(1))
        later = found.group(2) in {"pm", "p.m", "de la tarde", "de la noche"} and hour < 12
        return hour + 12 * later if hour + 12 * later <= 23 else None
    part = _PART.search(said)
    return PARTS_OF_DAY[part.group(1) or part.group(2)] if part else None
