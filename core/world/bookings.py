"""Bookings as they happen: an hour is taken, moved, given back, or passed, and everybody concerned is told.

Every change is one transaction of the caller: the row, the event, the word to the chat, the reminders, the notice to
the advisors and the CRM are written together or not at all. One person's requests come one after another (`hold`), so
the same request twice changes nothing the second time; two persons' requests for one hour are decided by the database.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import psycopg

from core.db import bookings, courses, demo_hosts, demo_links, events, people, profiles
from core.db.pool import Connection
from core.domain.bookings import Booking, BookingChange, BookingProvider, BookingStatus
from core.domain.messages import Input, InputKind
from core.domain.people import Lead
from core.domain.promises import DemoLink
from core.domain.slots import Host, Offer, Span, free_offers
from core.errors import ForgedLinkError
from core.integrations.queue import Job, Queue
from core.prompts.prompt_set import PromptSet
from core.world import services, triggers
from core.world.arrivals import arrive
from core.world.notices import NAMELESS_CHANNEL, Notice, NoticeKind, notify
from core.world.triggers import Trigger

REMINDERS = (Trigger.DEMO_BOOKED, Trigger.DEMO_TOMORROW, Trigger.DEMO_SOON)

POINTLESS = (Trigger.SILENCE, Trigger.PRICE_ASKED, Trigger.RESOURCE_DOWNLOADED)
"""What is not sent any more to somebody who has just booked: they are going to talk to a person."""

NOTICES = {
    BookingChange.BOOKED: "booked",
    BookingChange.MOVED: "booking_moved",
    BookingChange.CANCELLED: "booking_cancelled",
}
"""The templates below `prompts/messages/desk/` by which advisors are told."""


@dataclass(frozen=True, slots=True)
class BookingDesk:
    """What a change of a booking needs beside the connection. `samples`: whether sample hosts may be booked."""

    queue: Queue
    prompts: PromptSet
    samples: bool


async def offers(conn: Connection, samples: bool, now: datetime) -> tuple[Offer, ...]:
    """What can be booked now."""
    hosts = await demo_hosts.active(conn, samples)
    return free_offers(hosts, await demo_hosts.busy(conn, hosts, now), now)


async def book(
    desk: BookingDesk, conn: Connection, link: DemoLink, start: datetime, zone: str, *, now: datetime
) -> Booking | None:
    """Book the hour that begins at `start`, or move the person's open booking of the course there.

    The booking, which is the one there was when it begins then already; None when the hour is not free (any more).
    To be called in a transaction.

    Raises:
        ForgedLinkError: the person was erased meanwhile.
    """
    if not await bookings.hold(conn, link.lead_id):
        raise ForgedLinkError("Ask for a new one in the chat.")
    last = await bookings.latest(conn, link.lead_id, link.course_id)
    current = last if last and last.is_open(now) else None
    if current and (current.starts_at == start or current.provider is not BookingProvider.OWN):
        return current
    free = await offers(conn, desk.samples, now)
    for offer in (each for each in free if each.span.start == start):
        for host in offer.hosts:
            made = await _take(conn, _draft(link, host, offer.span, current, zone=zone, now=now), last, current, now)
            if made:
                await announce(desk, conn, made, BookingChange.MOVED if current else BookingChange.BOOKED, now=now)
                return made
    return None


async def cancel(desk: BookingDesk, conn: Connection, link: DemoLink, *, now: datetime) -> Booking | None:
    """Give the person's open booking of the course back; what became of their last one, None when there is none.

    A booking that another provider holds is left as it is. To be called in a transaction.
    """
    await bookings.hold(conn, link.lead_id)
    last = await bookings.latest(conn, link.lead_id, link.course_id)
    if last is None or not last.is_open(now) or last.provider is not BookingProvider.OWN:
        return last
    closed = await bookings.close(conn, last.id, BookingStatus.CANCELLED, now)
    if closed:
        await announce(desk, conn, closed, BookingChange.CANCELLED, now=now)
    return closed


async def mark(conn: Connection, queue: Queue, booking_id: UUID, held: bool, now: datetime) -> Booking | None:
    """Note whether a demonstration took place, once or to correct it; who was missed is asked what happened.

    None when there is no such booking, it was moved or cancelled, or has not begun. To be called in a transaction.
    """
    status = BookingStatus.HELD if held else BookingStatus.MISSED
    marked = await bookings.mark(conn, booking_id, status, now)
    if marked is None:
        return None
    subject = subject_of(marked)
    await triggers.cancel(conn, marked.lead_id, REMINDERS, status.value, now, subject=subject)
    if held:
        await triggers.cancel(conn, marked.lead_id, (Trigger.DEMO_MISSED,), status.value, now, subject=subject)
    else:
        await triggers.trigger(
            conn, queue, marked.lead_id, Trigger.DEMO_MISSED, str(marked.id), now, marked.starts_at, subject=subject
        )
    key = f"demo_{status}:{marked.id}"
    await events.note(conn, marked.lead_id, f"demo_{status}", {"booking": str(marked.id)}, key=key, now=now)
    await services.tell_crm(conn, queue, marked.lead_id, key, now)
    return marked


async def unmark(conn: Connection, booking_id: UUID, now: datetime) -> Booking | None:
    """Take a mark back: nobody knows again how it went. To be called in a transaction."""
    marked = await bookings.mark(conn, booking_id, BookingStatus.BOOKED, now)
    if marked:
        await triggers.cancel(conn, marked.lead_id, (Trigger.DEMO_MISSED,), "unmarked", now, subject=subject_of(marked))
    return marked


async def announce(
    desk: BookingDesk,
    conn: Connection,
    booking: Booking,
    change: BookingChange,
    *,
    now: datetime,
    by_host: bool = False,
) -> None:
    """Tell everybody of what has just been written: the chat, the advisors, the reminders, the record and the CRM."""
    lead = await people.by_id(conn, booking.lead_id)
    if lead is None:
        return
    await _record(conn, lead, booking, change, now)
    data = {"booking": str(booking.id), **({"by": "host"} if by_host else {})}
    given = Input(kind=InputKind.BOOKING, action=change.value, data=data)
    await arrive(conn, lead, f"booking:{booking.id}:{change}", given, now=now)
    await _remind(desk, conn, booking, change, now)
    await _tell_advisors(desk, conn, booking, NOTICES[change], now)
    await services.tell_crm(conn, desk.queue, lead.id, f"booking:{booking.id}:{change}", now)


async def tell_of_erasure(conn: Connection, prompts: PromptSet, lead: Lead, samples: bool, now: datetime) -> None:
    """Whoever waits for a person that is about to be erased hears that the hour is free, and nothing of who it was.

    To be called before the person's rows, and with them their bookings, are deleted.
    """
    if lead.channel != NAMELESS_CHANNEL:
        return
    for booking in await bookings.open_of_lead(conn, lead.id, now):
        course = await courses.by_id(conn, booking.course_id, samples)
        given = {
            "course_name": course.name if course else "",
            "starts_at": booking.starts_at,
            "host": booking.host_name,
            "elsewhere": booking.provider is not BookingProvider.OWN,
        }
        notice = Notice(NoticeKind.BOOKING, None, "booking_erased", given, f"booking:{booking.id}:erased")
        await notify(conn, prompts, notice, now)


async def ask_whether_held(desk: BookingDesk, conn: Connection, booking_id: UUID, now: datetime) -> bool:
    """After the end: ask the advisors how it went, unless that is known; False when there is nothing to ask."""
    booking = await bookings.by_id(conn, booking_id)
    if not booking or booking.status is not BookingStatus.BOOKED or now < booking.ends_at:
        return False
    await _tell_advisors(desk, conn, booking, "booking_over", now)
    return True


def subject_of(booking: Booking) -> str:
    """What follow-ups about a booking stand and fall with."""
    return f"bookings:{booking.id}"


async def _take(
    conn: Connection, draft: Booking, last: Booking | None, current: Booking | None, now: datetime
) -> Booking | None:
    """Write the booking in the place of the current one, or leave everything as it was."""
    async with conn.transaction() as attempt:
        if current:
            await bookings.close(conn, current.id, BookingStatus.MOVED, now)
        # Whatever the person does next rests on what they last booked, so the same step twice has the same key.
        key = f"{draft.lead_id}:{draft.course_id}:{last.id if last else 'first'}"
        made = await bookings.add(conn, draft, key=key)
        if made is None:
            raise psycopg.Rollback(attempt)
    return made


async def _record(conn: Connection, lead: Lead, booking: Booking, change: BookingChange, now: datetime) -> None:
    """The events. That a demo was booked is written once a person, like a milestone."""
    number = {"booking": str(booking.id)}
    if change is not BookingChange.CANCELLED:
        await demo_links.use(conn, booking.demo_link_id, now)
        await events.note(conn, lead.id, "demo_booked", number, key=f"{lead.id}:demo_booked", now=now)
        if lead.timezone is None:
            await profiles.merge(conn, lead.id, {}, booking.visitor_timezone)
    if change is not BookingChange.BOOKED:
        await events.note(conn, lead.id, f"demo_{change}", number, key=f"demo_{change}:{booking.id}", now=now)


async def _remind(desk: BookingDesk, conn: Connection, booking: Booking, change: BookingChange, now: datetime) -> None:
    """Reminders of this booking only: those of any other one of the same course have become pointless."""
    reason = f"demo_{change}"
    await triggers.cancel(conn, booking.lead_id, (*REMINDERS, Trigger.DEMO_MISSED), reason, now)
    if change is BookingChange.CANCELLED:
        return
    await triggers.cancel(conn, booking.lead_id, POINTLESS, reason, now)
    for kind in REMINDERS:
        await triggers.trigger(
            conn,
            desk.queue,
            booking.lead_id,
            kind,
            str(booking.id),
            now,
            about=booking.starts_at,
            subject=subject_of(booking),
        )
    await desk.queue.defer(conn, Job.BOOKING_OVER, at=booking.ends_at, booking=str(booking.id))


async def _tell_advisors(desk: BookingDesk, conn: Connection, booking: Booking, template: str, now: datetime) -> None:
    course = await courses.by_id(conn, booking.course_id, desk.samples)
    variables = {
        "course_name": course.name if course else "",
        "starts_at": booking.starts_at,
        "host": booking.host_name,
        "booking": booking.number,
    }
    key = f"booking:{booking.id}:{template}"
    await notify(conn, desk.prompts, Notice(NoticeKind.BOOKING, booking.lead_id, template, variables, key), now)


def _draft(link: DemoLink, host: Host, span: Span, current: Booking | None, *, zone: str, now: datetime) -> Booking:
    number = uuid4()
    return Booking(
        id=number,
        demo_link_id=link.id,
        lead_id=link.lead_id,
        course_id=link.course_id,
        host_id=host.id,
        host_name=host.name,
        place=host.place,
        starts_at=span.start,
        ends_at=span.end,
        status=BookingStatus.BOOKED,
        visitor_timezone=zone,
        created_at=now,
        cancelled_at=None,
        calendar_uid=current.calendar_uid if current else f"{number}@brenda",
        calendar_sequence=current.calendar_sequence + 1 if current else 0,
        provider=BookingProvider.OWN,
        provider_reference=None,
        change_url=None,
        cancel_url=None,
    )
