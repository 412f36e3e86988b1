"""Demonstrations that were booked: the row, where it stands, and what may be said of it.

A booking never changes its hour. Whoever moves it gets another row, which takes the place of the first.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.evidence import Fact, FactKind
from core.domain.zones import told


class BookingStatus(StrEnum):
    """Where a booking stands. Only `booked` is open; `held` and `missed` is what a host said of it afterwards."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


class BookingChange(StrEnum):
    """What happened to a booking, as the chat is told of it."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"


class BookingProvider(StrEnum):
    """Whose calendar holds it."""

    OWN = "own"
    CALENDLY = "calendly"


class Booking(BaseModel):
    """A demonstration with a person. `place` is where it happens: an address or words; empty when nobody said.

    `number` is what advisors call it (0 before it is written). `change_url` and `cancel_url` are another provider's
    pages; None for our own.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    number: int = 0
    demo_link_id: UUID
    lead_id: UUID
    course_id: int
    host_id: int | None
    host_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus
    visitor_timezone: str
    created_at: datetime
    cancelled_at: datetime | None
    calendar_uid: str
    calendar_sequence: int
    provider: BookingProvider
    provider_reference: str | None
    change_url: str | None
    cancel_url: str | None

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def link(self) -> str:
        """The address of the video call; empty when the place is told in words."""
        return self.place if self.place.startswith(("https://", "http://")) else ""

    def is_open(self, now: datetime) -> bool:
        """Whether it will still take place, or is under way."""
        return self.status is BookingStatus.BOOKED and now < self.ends_at

    def facts(self) -> tuple[Fact, ...]:
        """What may be said of it, on the visitor's clock."""
        known = [
            self._fact("booking.starts_at", FactKind.DATE, told(self.starts_at, self.visitor_timezone)),
            self._fact("booking.timezone", FactKind.TEXT, self.visitor_timezone),
            self._fact("booking.duration", FactKind.DURATION, str(self.minutes), "minutes"),
        ]
        if self.host_name:
            known.append(self._fact("booking.host", FactKind.PERSON, self.host_name))
        if self.place:
            known.append(self._fact("booking.place", FactKind.LINK if self.link else FactKind.TEXT, self.place))
        return tuple(known)

    def _fact(self, key: str, kind: FactKind, value: str, unit: str = "") -> Fact:
        return Fact(key=key, kind=kind, value=value, unit=unit, source=f"bookings:{self.id}")
