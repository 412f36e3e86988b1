"""Bookings' rows: who gets an hour is decided by the database, also between two transactions that are both open."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from core.db import bookings
from core.db.pool import Connection, Pool
from core.domain.bookings import Booking, BookingProvider, BookingStatus
from core.integrations.links import LinkSigner
from tests.demos import HALF, MONDAY, TEN, Invited, invite, make_host

MINUTE = timedelta(minutes=1)


async def invited(pool: Pool) -> Invited:
    return await invite(pool, LinkSigner("k" * 32, "http://127.0.0.1", lambda: MONDAY), MONDAY)


def draft(guest: Invited, host: int | None, start: datetime = TEN, status: str = "booked") -> Booking:
    number = uuid4()
    return Booking(
        id=number,
        demo_link_id=guest.link.id,
        lead_id=guest.lead.id,
        course_id=guest.link.course_id,
        host_id=host,
        host_name="Ana",
        place="aquí",
        starts_at=start,
        ends_at=start + HALF,
        status=BookingStatus(status),
        visitor_timezone="America/Bogota",
        created_at=MONDAY,
        cancelled_at=None if status == "booked" else MONDAY,
        calendar_uid=f"{number}@brenda",
        calendar_sequence=0,
        provider=BookingProvider.OWN,
        provider_reference=None,
        change_url=None,
        cancel_url=None,
    )


async def add(conn: Connection, booking: Booking) -> Booking | None:
    return await bookings.add(conn, booking, key=str(booking.id))


@pytest.mark.parametrize("first_commits", [True, False])
async def test_who_comes_second_waits_for_the_firsts_end(empty_database: Pool, first_commits: bool) -> None:
    host = await make_host(empty_database)
    one, other = await invited(empty_database), await invited(empty_database)
    async with empty_database.connection() as first, empty_database.connection() as second:
        waiting: asyncio.Task[Booking | None]
        async with first.transaction() as open_one:
            assert await add(first, draft(one, host))
            waiting = asyncio.create_task(add(second, draft(other, host)))
            await _blocked(empty_database)
            assert not waiting.done()
            if not first_commits:
                raise psycopg.Rollback(open_one)
        made = await waiting
    assert (made is None) is first_commits


async def _blocked(pool: Pool) -> None:
    """Wait until a connection waits for another one's transaction."""
    query = "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with asyncio.timeout(30), pool.connection() as conn:
        while not await (await conn.execute(query)).fetchone():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("shift", "fits"),
    [(-HALF, True), (-HALF + MINUTE, False), (MINUTE, False), (HALF - MINUTE, False), (HALF, True)],
)
async def test_an_hour_may_begin_where_another_ends_and_not_before(
    empty_database: Pool, shift: timedelta, fits: bool
) -> None:
    host, other_host = await make_host(empty_database), await make_host(empty_database)
    guest = await invited(empty_database)
    async with empty_database.connection() as conn:
        assert await add(conn, draft(guest, host))
        assert (await add(conn, draft(guest, host, TEN + shift)) is not None) is fits
        assert await add(conn, draft(guest, other_host, TEN + shift))
        assert await add(conn, draft(guest, None))


@pytest.mark.parametrize("status", ["moved", "cancelled"])
async def test_an_hour_that_was_given_back_is_free(empty_database: Pool, status: str) -> None:
    host, guest = await make_host(empty_database), await invited(empty_database)
    async with empty_database.connection() as conn:
        made = await add(conn, draft(guest, host))
        assert made
        closed = await bookings.close(conn, made.id, BookingStatus(status), MONDAY)
        assert closed
        assert closed.calendar_sequence == (1 if status == "cancelled" else 0)
        assert await bookings.close(conn, made.id, BookingStatus.CANCELLED, MONDAY) is None
        assert await add(conn, draft(guest, host))


async def test_a_key_is_written_once(empty_database: Pool) -> None:
    guest = await invited(empty_database)
    async with empty_database.connection() as conn:
        assert await bookings.add(conn, draft(guest, None), key="same")
        assert await bookings.add(conn, draft(guest, None), key="same") is None


async def test_a_booking_is_found_by_what_people_call_it(empty_database: Pool) -> None:
    guest = await invited(empty_database)
    async with empty_database.connection() as conn:
        made = await add(conn, draft(guest, None))
        assert made
        assert await bookings.by_id(conn, made.id) == await bookings.by_number(conn, made.number) == made
        assert await bookings.by_number(conn, 404) is None


async def test_what_is_open_goes_before_what_was_written_later(empty_database: Pool) -> None:
    guest = await invited(empty_database)
    async with empty_database.connection() as conn:
        made = await add(conn, draft(guest, None))
        await add(conn, draft(guest, None, status="cancelled").model_copy(update={"created_at": MONDAY + HALF}))
        assert await bookings.latest(conn, guest.lead.id, guest.link.course_id) == made


async def test_an_erasure_takes_the_bookings_with_it(empty_database: Pool) -> None:
    guest = await invited(empty_database)
    async with empty_database.connection() as conn:
        made = await add(conn, draft(guest, None))
        assert made
        assert await bookings.hold(conn, guest.lead.id)
        await conn.execute("delete from leads")
        assert await bookings.by_id(conn, made.id) is None
        assert not await bookings.hold(conn, guest.lead.id)
