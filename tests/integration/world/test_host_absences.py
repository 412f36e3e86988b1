"""Bookings whose host is not there are told once, and those of everybody else never."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from core.db.pool import Pool
from core.integrations.links import LinkSigner
from core.integrations.queue import Queue
from core.world.bookings import BookingDesk, book
from core.world.host_absences import look
from tests.brendas import queue_on
from tests.demos import HALF, MONDAY, TEN, invite, make_host
from tests.worlds import insert, load_prompts

GONE = {
    "switched off": "update demo_hosts set is_active = false",
    "deleted": "delete from demo_hosts",
    "absent": f"insert into demo_absences (host_id, starts_at, ends_at) select id, '{TEN}', '{TEN + HALF}' from demo_hosts",
    "absent as an advisor": f"update advisors set absent_since = '{MONDAY}', absent_until = '{TEN + HALF}'",
}
THERE = {
    "nothing happened": "select",
    "absent before": f"insert into demo_absences (host_id, starts_at, ends_at) select id, '{TEN - HALF}', '{TEN}' "
    "from demo_hosts",
    "back before": f"update advisors set absent_since = '{MONDAY}', absent_until = '{TEN}'",
    "perhaps back tomorrow": f"update advisors set absent_since = '{MONDAY}'",
}


@pytest.fixture
async def queue(empty_database: Pool) -> AsyncIterator[Queue]:
    """A booking at TEN with a host who is also an advisor."""
    async with queue_on(empty_database) as queue:
        advisor = await insert(empty_database, "advisors", {"name": "Berta", "chat": "mesa"})
        await make_host(empty_database, name="Berta", advisor_id=advisor["id"])
        guest = await invite(empty_database, LinkSigner("k" * 32, "http://127.0.0.1", lambda: MONDAY), MONDAY)
        desk = BookingDesk(queue, load_prompts(), True)
        async with empty_database.connection() as conn, conn.transaction():
            assert await book(desk, conn, guest.link, TEN, "America/Bogota", now=MONDAY)
        yield queue


async def told(pool: Pool, now: datetime = MONDAY) -> list[str]:
    for _ in range(2):
        await look(pool, load_prompts(), True, now)
    async with pool.connection() as conn:
        found = await conn.execute("select message->>'text' as text from outbox where chat = 'mesa' order by id")
        return [row["text"] for row in await found.fetchall() if "sigue en pie" in row["text"]]


async def happens(pool: Pool, what: str) -> None:
    async with pool.connection() as conn:
        await conn.execute(what.encode())


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("what", GONE)
async def test_a_booking_without_its_host_is_told_once(empty_database: Pool, what: str) -> None:
    await happens(empty_database, GONE[what])
    [text] = await told(empty_database)
    assert "Berta ya no está disponible" in text


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("what", THERE)
async def test_nobody_is_alarmed_while_the_host_is_there(empty_database: Pool, what: str) -> None:
    await happens(empty_database, THERE[what])
    assert await told(empty_database) == []


@pytest.mark.usefixtures("queue")
async def test_what_is_past_or_given_back_needs_no_host(empty_database: Pool) -> None:
    await happens(empty_database, GONE["switched off"])
    assert await told(empty_database, TEN) == []
    await happens(empty_database, f"update bookings set status = 'cancelled', cancelled_at = '{MONDAY}'")
    assert await told(empty_database) == []
