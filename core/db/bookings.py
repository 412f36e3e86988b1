"""Bookings: which hour with which host belongs to whom.

Whoever changes the bookings of a person first calls `hold`, so that two requests of one person come one after another.
That two people do not get one hour is kept by the database itself (`one_person_at_a_time`).
"""

from datetime import datetime
from uuid import UUID

from core.db import demo_hosts
from core.db.pool import Connection
from core.domain.bookings import Booking, BookingStatus

COLUMNS = """
    id, number, demo_link_id, lead_id, course_id, host_id, host_name, place, starts_at, ends_at, status,
    visitor_timezone, created_at, cancelled_at, calendar_uid, calendar_sequence, provider, provider_reference,
    change_url, cancel_url
"""
NEXT_OF_LEAD = """
    select to_jsonb(bookings) from bookings
    where bookings.lead_id = leads.id and status = 'booked' and ends_at > %(now)s order by starts_at limit 1
"""
"""A subquery on `leads` with the parameter `now`: the person's next demonstration as JSON."""

_BY_ID = f"select {COLUMNS} from bookings where id = %s"  # noqa: S608
_BY_NUMBER = f"select {COLUMNS} from bookings where number = %s"  # noqa: S608
_BY_REFERENCE = f"select {COLUMNS} from bookings where provider_reference = %s"  # noqa: S608
_LATEST = f"""
    select {COLUMNS} from bookings where lead_id = %s and course_id = %s
    order by status = 'booked' desc, created_at desc, calendar_sequence desc limit 1
"""  # noqa: S608
_ADD = f"""
    insert into bookings (id, demo_link_id, lead_id, course_id, host_id, host_name, place, starts_at, ends_at, status,
        visitor_timezone, created_at, cancelled_at, calendar_uid, calendar_sequence, provider, provider_reference,
        change_url, cancel_url, replaces_reference, key)
    values (%(id)s, %(demo_link_id)s, %(lead_id)s, %(course_id)s, %(host_id)s, %(host_name)s, %(place)s, %(starts_at)s,
        %(ends_at)s, %(status)s, %(visitor_timezone)s, %(created_at)s, %(cancelled_at)s, %(calendar_uid)s,
        %(calendar_sequence)s, %(provider)s, %(provider_reference)s, %(change_url)s, %(cancel_url)s, %(replaces)s,
        %(key)s)
    on conflict do nothing
    returning {COLUMNS}
"""  # noqa: S608
_CLOSE = f"""
    update bookings set status = %(status)s,
        cancelled_at = case when %(status)s in ('moved', 'cancelled') then %(now)s::timestamptz end,
        calendar_sequence = calendar_sequence + case when %(status)s = 'cancelled' then 1 else 0 end
    where id = %(id)s and status = 'booked'
    returning {COLUMNS}
"""  # noqa: S608
_MARK = f"""
    update bookings set status = %s where id = %s and status in ('booked', 'held', 'missed') and starts_at <= %s
    returning {COLUMNS}
"""  # noqa: S608


_OPEN_OF_LEAD = f"""
    select {COLUMNS} from bookings where lead_id = %s and status = 'booked' and starts_at > %s order by starts_at
"""  # noqa: S608
_OF_ADVISOR = f"""
    select {COLUMNS} from bookings
    where status = 'booked' and starts_at > %s and starts_at < coalesce(%s::timestamptz, 'infinity')
      and host_id in (select id from demo_hosts where advisor_id = %s)
    order by starts_at
"""  # noqa: S608
_WITHOUT_HOST = f"""
    select {COLUMNS} from bookings
    where status = 'booked' and provider = 'own' and starts_at > %(now)s
      and (host_id is null
        or exists (select from demo_hosts where id = host_id and not is_active)
        or exists (select from demo_absences away where away.host_id = bookings.host_id
                   and away.starts_at < bookings.ends_at and away.ends_at > bookings.starts_at)
        or exists (select from {demo_hosts.AWAY} where away.host_id = bookings.host_id
                   and away.starts_at < bookings.ends_at and away.ends_at > bookings.starts_at))
      and not exists (select from events where key = 'demo_without_host:' || bookings.id)
    order by starts_at limit 200
"""  # noqa: S608


async def hold(conn: Connection, lead_id: UUID) -> bool:
    """Make other requests of this person wait until the transaction's end; False when they were erased."""
    cursor = await conn.execute("select from leads where id = %s for no key update", (lead_id,))
    return await cursor.fetchone() is not None


async def by_id(conn: Connection, booking_id: UUID) -> Booking | None:
    """The booking, or None."""
    return await _one(conn, _BY_ID, booking_id)


async def by_number(conn: Connection, number: int) -> Booking | None:
    """The booking that advisors call by this number, or None."""
    return await _one(conn, _BY_NUMBER, number)


async def by_reference(conn: Connection, reference: str) -> Booking | None:
    """The booking of this invitee of Calendly."""
    return await _one(conn, _BY_REFERENCE, reference)


async def latest(conn: Connection, lead_id: UUID, course_id: int) -> Booking | None:
    """What the person last booked of this course; one that is still booked goes before any that is not."""
    return await _one(conn, _LATEST, lead_id, course_id)


async def is_replaced(conn: Connection, reference: str) -> bool:
    """Whether another booking is known to have taken the place of this invitee's."""
    cursor = await conn.execute("select from bookings where replaces_reference = %s", (reference,))
    return await cursor.fetchone() is not None


async def add(conn: Connection, booking: Booking, *, key: str, replaces: str | None = None) -> Booking | None:
    """Write a booking; None when somebody else holds the host at that time, or this key was written before."""
    row = await (await conn.execute(_ADD, {**booking.model_dump(), "key": key, "replaces": replaces})).fetchone()
    return Booking.model_validate(row) if row else None


async def close(conn: Connection, booking_id: UUID, status: BookingStatus, now: datetime) -> Booking | None:
    """End a booking that is still `booked`, as moved or cancelled; None when it is not any more."""
    row = await (await conn.execute(_CLOSE, {"id": booking_id, "status": status, "now": now})).fetchone()
    return Booking.model_validate(row) if row else None


async def mark(conn: Connection, booking_id: UUID, status: BookingStatus, now: datetime) -> Booking | None:
    """Note whether it took place; None when it was moved, cancelled, or has not begun."""
    return await _one(conn, _MARK, status, booking_id, now)


async def open_of_lead(conn: Connection, lead_id: UUID, now: datetime) -> list[Booking]:
    """What a person has booked and has not begun."""
    return await _all(conn, _OPEN_OF_LEAD, lead_id, now)


async def of_advisor(conn: Connection, advisor_id: int, now: datetime, until: datetime | None) -> list[Booking]:
    """What is booked with the hosts that an advisor is, from now on, perhaps up to a moment."""
    return await _all(conn, _OF_ADVISOR, now, until, advisor_id)


async def without_host(conn: Connection, now: datetime) -> list[Booking]:
    """What is booked for an hour at which its host is not there (any more), and was not told of yet."""
    found = await conn.execute(_WITHOUT_HOST.encode(), {"now": now})
    return [Booking.model_validate(row) for row in await found.fetchall()]


async def _all(conn: Connection, query: str, *values: object) -> list[Booking]:
    return [Booking.model_validate(row) for row in await (await conn.execute(query.encode(), values)).fetchall()]


async def _one(conn: Connection, query: str, *values: object) -> Booking | None:
    row = await (await conn.execute(query.encode(), values)).fetchone()
    return Booking.model_validate(row) if row else None
