"""Calendly's events: whose hour was booked, moved or cancelled, in whatever order they arrive.

An invitee is matched by the opaque number of the invitation in `utm_content`, never by an e-mail; who was rescheduled
keeps what the old booking belonged to. Each invitee is one row, keyed by its URI. To reschedule is to cancel one
invitee and create another that names the first: whichever of the two is heard first does the whole, and the other finds
it done. A cancellation that overtakes its creation is written as cancelled, so that the creation finds nothing to do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict

from core.db import bookings, demo_links
from core.db.pool import Connection
from core.db.webhook_events import StoredEvent
from core.domain.bookings import Booking, BookingChange, BookingProvider, BookingStatus
from core.domain.clock import Clock
from core.domain.plain_text import plain
from core.domain.promises import DemoLink
from core.domain.zones import DEFAULT_ZONE, known_zone
from core.world.bookings import BookingDesk, announce, mark, unmark

log = structlog.get_logger(__name__)

NO_SHOWS = {"invitee_no_show.created", "invitee_no_show.deleted"}


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Place(_Read):
    """Where it takes place; which fields there are depends on the kind of call."""

    join_url: str | None = None
    location: str | None = None


class Member(_Read):
    """A host."""

    user_name: str | None = None


class Scheduled(_Read):
    """The appointment of an invitee."""

    start_time: AwareDatetime
    end_time: AwareDatetime
    location: Place | None = None
    event_memberships: tuple[Member, ...] = ()


class Tracking(_Read):
    """What the link carried."""

    utm_content: str | None = None


class Cancellation(_Read):
    """Who cancelled: "host" or "invitee"."""

    canceler_type: str | None = None


class Invitee(_Read):
    """What Calendly tells of an invitee, as far as it is used; no name and no e-mail is."""

    uri: str
    timezone: str | None = None
    rescheduled: bool = False
    old_invitee: str | None = None
    new_invitee: str | None = None
    reschedule_url: str | None = None
    cancel_url: str | None = None
    tracking: Tracking | None = None
    cancellation: Cancellation | None = None
    scheduled_event: Scheduled | None = None


@dataclass(frozen=True, slots=True)
class CalendlyEvents:
    """A `Handler` of webhook events; malformed ones of a known kind raise, are tried again, and then given up."""

    desk: Callable[[], BookingDesk]
    clock: Clock

    async def __call__(self, conn: Connection, event: StoredEvent) -> bool:
        """Do what the event says; False when its kind is of no interest or it is about nothing of ours."""
        payload, now = event.payload["payload"], self.clock()
        if event.kind in NO_SHOWS:
            return await self._no_show(conn, payload, event.kind == "invitee_no_show.created", now)
        if event.kind not in ("invitee.created", "invitee.canceled"):
            return False
        invitee = Invitee.model_validate(payload)
        link = await _invitation(conn, invitee)
        if link is None or not await bookings.hold(conn, link.lead_id):
            log.warning("calendly_invitee_of_nobody", kind=event.kind)
            return False
        if event.kind == "invitee.created":
            await self._created(conn, link, invitee, now)
        else:
            await self._canceled(conn, link, invitee, now)
        return True

    async def _created(self, conn: Connection, link: DemoLink, invitee: Invitee, now: datetime) -> None:
        if await bookings.by_reference(conn, invitee.uri):
            return  # told before, or cancelled by an event that was faster
        if await bookings.is_replaced(conn, invitee.uri):  # rescheduled by an event that was faster
            await self._write(conn, link, invitee, before=None, status=BookingStatus.MOVED, now=now)
            return
        before = await self._before(conn, link, invitee, now)
        if before:
            await bookings.close(conn, before.id, BookingStatus.MOVED, now)
        made = await self._write(conn, link, invitee, before=before, status=BookingStatus.BOOKED, now=now)
        if made:
            change = BookingChange.MOVED if before else BookingChange.BOOKED
            await announce(self.desk(), conn, made, change, now=now)

    async def _before(self, conn: Connection, link: DemoLink, invitee: Invitee, now: datetime) -> Booking | None:
        """What the new booking takes the place of: the rescheduled one, else one that is still open."""
        if invitee.old_invitee and (old := await bookings.by_reference(conn, invitee.old_invitee)):
            return old
        last = await bookings.latest(conn, link.lead_id, link.course_id)
        return last if last and last.is_open(now) else None

    async def _canceled(self, conn: Connection, link: DemoLink, invitee: Invitee, now: datetime) -> None:
        moved = invitee.rescheduled or invitee.new_invitee is not None
        status = BookingStatus.MOVED if moved else BookingStatus.CANCELLED
        known = await bookings.by_reference(conn, invitee.uri)
        if known:
            changed = await bookings.close(conn, known.id, status, now)
        else:
            changed = await self._write(conn, link, invitee, before=None, status=status, now=now)
        if changed and not moved:  # of a move the new invitee's event tells
            by_host = invitee.cancellation is not None and invitee.cancellation.canceler_type == "host"
            await announce(self.desk(), conn, changed, BookingChange.CANCELLED, now=now, by_host=by_host)

    async def _no_show(self, conn: Connection, payload: dict[str, Any], missed: bool, now: datetime) -> bool:
        """Marked as missed, or the mark taken back. The payload is the invitee, or names it."""
        uri = str(payload.get("invitee") or payload.get("uri") or "")
        known = await bookings.by_reference(conn, uri)
        if known is None:
            return False
        if missed:
            await mark(conn, self.desk().queue, known.id, False, now)
        else:
            await unmark(conn, known.id, now)
        return True

    async def _write(
        self,
        conn: Connection,
        link: DemoLink,
        invitee: Invitee,
        *,
        before: Booking | None,
        status: BookingStatus,
        now: datetime,
    ) -> Booking | None:
        draft = _draft(link, invitee, before, status, now)
        return await bookings.add(conn, draft, key=invitee.uri, replaces=invitee.old_invitee)


async def _invitation(conn: Connection, invitee: Invitee) -> DemoLink | None:
    """The invitation that an invitee came from; that of who was rescheduled, if the link's mark was lost on the way."""
    number = _uuid(invitee.tracking.utm_content if invitee.tracking else None)
    if number is None:
        for reference in (invitee.uri, invitee.old_invitee, invitee.new_invitee):
            if reference and (known := await bookings.by_reference(conn, reference)):
                number = known.demo_link_id
    return await demo_links.by_id(conn, number) if number else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _draft(link: DemoLink, invitee: Invitee, before: Booking | None, status: BookingStatus, now: datetime) -> Booking:
    """The row of an invitee. Raises ValueError when it tells of no appointment."""
    if invitee.scheduled_event is None:
        raise ValueError("the invitee should have a scheduled_event")
    scheduled, number = invitee.scheduled_event, uuid4()
    members = scheduled.event_memberships
    return Booking(
        id=number,
        demo_link_id=link.id,
        lead_id=link.lead_id,
        course_id=link.course_id,
        host_id=None,
        host_name=plain((members[0].user_name if members else None) or "", 80),
        place=_place(scheduled.location),
        starts_at=scheduled.start_time,
        ends_at=scheduled.end_time,
        status=status,
        visitor_timezone=_zone(invitee.timezone),
        created_at=now,
        cancelled_at=None if status is BookingStatus.BOOKED else now,
        calendar_uid=before.calendar_uid if before else f"{number}@brenda",
        calendar_sequence=before.calendar_sequence + 1 if before else 0,
        provider=BookingProvider.CALENDLY,
        provider_reference=invitee.uri,
        change_url=_address(invitee.reschedule_url),
        cancel_url=_address(invitee.cancel_url),
    )


def _place(location: Place | None) -> str:
    return plain((location.join_url or location.location or "") if location else "", 300)


def _zone(name: str | None) -> str:
    return name if name and known_zone(name) else DEFAULT_ZONE


def _address(url: str | None) -> str | None:
    return url if url and url.startswith("https://") and len(url) <= 500 else None
