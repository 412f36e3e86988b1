"""Time zones by their IANA name, as people and models give them, with one zone for whoever gave none.

A moment that is told to a person is told in that person's zone, because an offer that ends at 23:59 in Mexico ends on
another date in UTC.
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "America/Mexico_City"
"""Where most prospects live; used as long as a lead's own zone is unknown."""


def zone(name: str | None) -> ZoneInfo:
    """The zone of this name, or the default one when there is no such zone."""
    return (known_zone(name) if name else None) or ZoneInfo(DEFAULT_ZONE)


def known_zone(name: str) -> ZoneInfo | None:
    """The zone of this name, or None when there is no such zone. Any text may be asked for."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def told(moment: datetime, name: str | None) -> str:
    """A moment as evidence: ISO 8601 to the minute, with the offset of the person's zone."""
    return moment.astimezone(zone(name)).isoformat(timespec="minutes")
