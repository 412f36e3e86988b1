"""What the pages of a demonstration are told, as plain values: hours on the visitor's clock, grouped by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from core.db import contact_hours
from core.db.pool import Connection
from core.domain.bookings import Booking, BookingProvider
from core.domain.people import Lead
from core.domain.slots import Offer
from core.domain.zones import known_zone
from core.prompts.calendar import place_of, spoken, zones
from core.prompts.prompt_set import PromptSet
from core.world.zone_of import Known, zone_of

View = dict[str, Any]

_CERTAIN = frozenset({"stated", "booking"})


@dataclass(frozen=True, slots=True)
class Clock:
    """The visitor's time zone. `guessed`: neither they nor their device has told it."""

    zone: str
    guessed: bool


async def clock_of(conn: Connection, lead: Lead, asked: str, now: datetime) -> Clock:
    """The zone that the page was asked for, else the lead's own, else where they probably are."""
    if asked and known_zone(asked):
        return Clock(asked, False)
    presence = await contact_hours.of_lead(conn, lead, now)
    known = Known(
        lead.timezone, presence.booked, lead.profile.country, presence.phone, lead.language, active=presence.active
    )
    place = zone_of(known)
    return Clock(place.zone, place.source not in _CERTAIN)


def days_of(prompts: PromptSet, offers: Iterable[Offer], zone: str) -> list[View]:
    """Days with their free hours, in order. A slot's `value` is its start in UTC, as `moment_of` reads it."""
    told = [(spoken(prompts, offer.span.start, zone), offer) for offer in offers]
    return [
        {
            "day": day,
            "slots": [
                {"value": value_of(offer.span.start), "hour": moment.hour, "host": offer.hosts[0].name}
                for moment, offer in group
            ],
        }
        for day, group in groupby(told, key=lambda pair: pair[0].day)
    ]


def zone_choices(prompts: PromptSet, current: str) -> list[tuple[str, str]]:
    """The zones to choose from, the current one among them, as (IANA name, place)."""
    known = zones(prompts)
    other = [] if current in known else [(current, place_of(current))]
    return other + list(known.items())


def hosts_of(offers: Iterable[Offer]) -> list[View]:
    """Who can be met, each once, in the order of their names."""
    found = {host.id: host for offer in offers for host in offer.hosts}
    return [{"name": host.name, "role": host.role} for host in sorted(found.values(), key=lambda host: host.name)]


def booking_view(prompts: PromptSet, booking: Booking, zone: str) -> View:
    """A booking on a clock."""
    moment = spoken(prompts, booking.starts_at, zone)
    return {
        "day": moment.day,
        "hour": moment.hour,
        "zone": moment.zone,
        "minutes": booking.minutes,
        "host": booking.host_name,
        "place": booking.place,
        "link": booking.link,
        "status": booking.status.value,
        "own": booking.provider is BookingProvider.OWN,
        "change_url": booking.change_url,
        "cancel_url": booking.cancel_url,
    }


def value_of(moment: datetime) -> str:
    """A moment as it stands in a form: "2026-11-24T16:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def moment_of(value: str) -> datetime | None:
    """The moment that a form sent back; None when it is none."""
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
