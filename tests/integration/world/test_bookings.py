"""What becomes of a booking when its hour has passed, and who is told of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.db import people
from core.db.pool import Pool
from core.domain.bookings import Booking, BookingStatus
from core.errors import ForgedLinkError
from core.integrations.links import LinkSigner
from core.integrations.queue import Queue
from core.world import triggers
from core.world.bookings import BookingDesk, ask_whether_held, book, cancel, mark, offers, tell_of_erasure
from core.world.triggers import Trigger
from tests.brendas import queue_on
from tests.demos import HALF, MONDAY, TEN, Invited, invite, make_host
from tests.worlds import insert, load_prompts


@dataclass(frozen=True)
class Diary:
    """One host, one guest, and the desk between them."""

    pool: Pool
    desk: BookingDesk
    guest: Invited

    @property
    def queue(self) -> Queue:
        return self.desk.queue

    async def books(self) -> Booking:
        async with self.pool.connection() as conn, conn.transaction():
            made = await book(self.desk, conn, self.guest.link, TEN, "America/Bogota", now=MONDAY)
        assert made
        return made

    async def marks(self, booking: UUID, held: bool, late: int = 1) -> Booking | None:
        async with self.pool.connection() as conn, conn.transaction():
            return await mark(conn, self.queue, booking, held, TEN + late * HALF)

    async def rows(self, query: str) -> list[dict[str, Any]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode())
            return await cursor.fetchall() if cursor.description else []

    async def planned(self) -> list[str]:
        return [
            row["kind"] for row in await self.rows("select kind from follow_ups where status = 'planned' order by 1")
        ]

    async def notices(self) -> list[str]:
        """What the advisors were told."""
        found = await self.rows("select message->>'text' as text from outbox where chat = 'mesa' order by id")
        return [row["text"] for row in found]


@pytest.fixture
async def diary(empty_database: Pool) -> AsyncIterator[Diary]:
    async with queue_on(empty_database) as queue:
        await make_host(empty_database)
        await insert(empty_database, "advisors", {"name": "Berta", "chat": "mesa"})
        guest = await invite(empty_database, LinkSigner("k" * 32, "http://127.0.0.1", lambda: MONDAY), MONDAY)
        yield Diary(empty_database, BookingDesk(queue, load_prompts(), True), guest)


async def test_the_advisors_are_told_of_each_change_once(diary: Diary) -> None:
    await diary.books()
    await diary.books()
    async with diary.pool.connection() as conn, conn.transaction():
        await book(diary.desk, conn, diary.guest.link, TEN + HALF, "America/Bogota", now=MONDAY)
        await cancel(diary.desk, conn, diary.guest.link, now=MONDAY)
    booked, moved, cancelled = await diary.notices()
    assert "reservó la demo" in booked
    assert "cambió la demo" in moved
    assert "canceló la demo" in cancelled


async def test_a_held_demo_needs_no_more_reminders(diary: Diary) -> None:
    made = await diary.books()
    marked = await diary.marks(made.id, held=True)
    assert marked
    assert marked.status is BookingStatus.HELD
    assert await diary.planned() == []
    assert "demo_held" in [row["kind"] for row in await diary.rows("select kind from events")]


async def test_who_was_missed_is_asked_once_and_a_mark_can_be_corrected(diary: Diary) -> None:
    made = await diary.books()
    await diary.marks(made.id, held=False)
    await diary.marks(made.id, held=False)
    assert await diary.planned() == ["demo_missed"]
    corrected = await diary.marks(made.id, held=True)
    assert corrected
    assert corrected.status is BookingStatus.HELD
    assert await diary.planned() == []


async def test_what_has_not_begun_or_is_not_there_cannot_be_marked(diary: Diary) -> None:
    made = await diary.books()
    assert await diary.marks(made.id, held=True, late=-1) is None
    assert await diary.marks(uuid4(), held=True) is None
    async with diary.pool.connection() as conn, conn.transaction():
        await cancel(diary.desk, conn, diary.guest.link, now=MONDAY)
    assert await diary.marks(made.id, held=True) is None


async def test_after_the_end_the_advisors_are_asked_unless_it_is_known(diary: Diary) -> None:
    made = await diary.books()
    async with diary.pool.connection() as conn, conn.transaction():
        assert not await ask_whether_held(diary.desk, conn, made.id, TEN)
        assert await ask_whether_held(diary.desk, conn, made.id, TEN + HALF)
        assert await ask_whether_held(diary.desk, conn, made.id, TEN + HALF)
    asked = [text for text in await diary.notices() if f"/realizada_{made.number}" in text]
    assert len(asked) == 1
    await diary.marks(made.id, held=True)
    async with diary.pool.connection() as conn:
        assert not await ask_whether_held(diary.desk, conn, made.id, TEN + 2 * HALF)
        assert not await ask_whether_held(diary.desk, conn, uuid4(), TEN + HALF)


async def test_sample_hosts_are_not_offered_to_real_people(diary: Diary) -> None:
    await diary.rows("update demo_hosts set is_sample = true")
    async with diary.pool.connection() as conn, conn.transaction():
        assert await offers(conn, samples=False, now=MONDAY) == ()
        assert await offers(conn, samples=True, now=MONDAY)
        real = BookingDesk(diary.queue, load_prompts(), samples=False)
        assert await book(real, conn, diary.guest.link, TEN, "America/Bogota", now=MONDAY) is None


async def test_absences_and_hosts_who_left_are_respected(diary: Diary) -> None:
    [host] = await diary.rows("select id from demo_hosts")
    away = {"host_id": host["id"], "starts_at": TEN - HALF, "ends_at": TEN + HALF}
    await insert(diary.pool, "demo_absences", away)
    async with diary.pool.connection() as conn:
        starts = [offer.span.start for offer in await offers(conn, samples=True, now=MONDAY)]
    assert TEN not in starts
    assert TEN + HALF in starts
    await diary.rows("update demo_hosts set is_active = false")
    async with diary.pool.connection() as conn:
        assert await offers(conn, samples=True, now=MONDAY) == ()


async def test_who_was_erased_meanwhile_books_nothing(diary: Diary) -> None:
    await diary.rows("delete from leads")
    async with diary.pool.connection() as conn, conn.transaction():
        with pytest.raises(ForgedLinkError):
            await book(diary.desk, conn, diary.guest.link, TEN, "America/Bogota", now=MONDAY)


async def test_whoever_waits_for_an_erased_person_hears_that_the_hour_is_free_and_not_who_it_was(diary: Diary) -> None:
    await diary.rows("update leads set channel = 'telegram', name = 'Ana Secreta'")
    await diary.rows("insert into advisors (name, chat) values ('Rosa', '900')")
    made = await diary.books()
    async with diary.pool.connection() as conn, conn.transaction():
        lead = await people.by_id(conn, diary.guest.lead.id)
        assert lead
        for _ in range(2):
            await tell_of_erasure(conn, diary.desk.prompts, lead, True, MONDAY)
        await people.erase(conn, lead, "telegram:x")
    [told] = await diary.rows("select message->>'text' as text, lead_id from outbox where chat = '900'")
    assert "vuelve a quedar libre" in told["text"]
    assert "mar 24 nov, 10:00" in told["text"] or "mar 24 nov, 09:00" in told["text"]
    assert ("Ana" in told["text"], told["lead_id"]) == (False, None)
    async with diary.pool.connection() as conn:
        assert TEN in [offer.span.start for offer in await offers(conn, True, MONDAY)]
    assert await diary.rows(f"select from bookings where id = '{made.id}'") == []


async def test_an_hour_at_which_the_host_is_away_as_an_advisor_is_not_offered(diary: Diary) -> None:
    await diary.rows("update demo_hosts set advisor_id = (select id from advisors)")

    async def offered() -> bool:
        async with diary.pool.connection() as conn:
            return TEN in [offer.span.start for offer in await offers(conn, True, MONDAY)]

    assert await offered()
    await diary.rows(f"update advisors set absent_since = '{MONDAY}', absent_until = '{TEN}'")  # noqa: S608
    assert await offered(), "they are back by then"
    await diary.rows(f"update advisors set absent_until = '{TEN + HALF}'")  # noqa: S608
    assert not await offered()


async def test_who_books_is_not_nudged_about_what_they_left_open_before(diary: Diary) -> None:
    async with diary.pool.connection() as conn, conn.transaction():
        for kind in (Trigger.SILENCE, Trigger.RESOURCE_DOWNLOADED, Trigger.CHECKOUT_LEFT):
            await triggers.trigger(conn, diary.queue, diary.guest.lead.id, kind, "k", MONDAY)
    await diary.books()
    assert await diary.planned() == ["checkout_left", "demo_booked", "demo_soon", "demo_tomorrow"]
    cancelled = await diary.rows("select kind, reason from follow_ups where status = 'cancelled' order by kind")
    assert [(row["kind"], row["reason"]) for row in cancelled] == [
        ("resource_downloaded", "demo_booked"),
        ("silence", "demo_booked"),
    ]
