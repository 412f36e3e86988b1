"""Bookings whose host is not there are told once, and those of everybody else never."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from core.db.pool import Pool
from core.integrations.links import LinkSigner
from core.integrations.queue import Queue
from core.world.bookings import BookingDesk, book
from core.world.host_absences import look
from tests.brendas import queue_on
from tests.demos import HALF, MONDAY, TEN, invite, make_host
from tests.worlds import insert, load_prompts

AWAY = "insert into demo_absences (host_id, starts_at, ends_at) select id, %s, %s from demo_hosts"
ABSENT = "update advisors set absent_since = %s, absent_until = %s"
GONE: dict[str, tuple[Any, ...]] = {
    "switched off": ("update demo_hosts set is_active = false",),
    "deleted": ("delete from demo_hosts",),
    "absent": (AWAY, TEN, TEN + HALF),
    "absent as an advisor": (ABSENT, MONDAY, TEN + HALF),
}
THERE: dict[str, tuple[Any, ...]] = {
    "nothing happened": ("select",),
    "absent before": (AWAY, TEN - HALF, TEN),
    "back before": (ABSENT, MONDAY, TEN),
    "perhaps back tomorrow": (ABSENT, MONDAY, None),
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


async def happens(pool: Pool, query: str, *values: Any) -> None:
    async with pool.connection() as conn:
        await conn.execute(query.encode(), values or None)


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("what", GONE)
async def test_a_booking_without_its_host_is_told_once(empty_database: Pool, what: str) -> None:
    await happens(empty_database, *GONE[what])
    [text] = await told(empty_database)
    assert "Berta ya no está disponible" in text


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("what", THERE)
async def test_nobody_is_alarmed_while_the_host_is_there(empty_database: Pool, what: str) -> None:
    await happens(empty_database, *THERE[what])
    assert await told(empty_database) == []


@pytest.mark.usefixtures("queue")
async def test_what_is_past_or_given_back_needs_no_host(empty_database: Pool) -> None:
    await happens(empty_database, *GONE["switched off"])
    assert await told(empty_database, TEN) == []
    await happens(empty_database, "update bookings set status = 'cancelled', cancelled_at = %s", MONDAY)
    assert await told(empty_database) == []
