"""Taking a chat and giving it back: by the outbox where a human talks already, by the inbox where Brenda does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.db import handoffs, inbox
from core.db.pool import Connection, Pool
from core.domain.promises import Handoff
from core.world.takeovers import Refusal, Taken, Takeover, Words
from tests.worlds import insert, load_prompts

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

TURNS = "select args->>'channel' as channel, args->>'chat' as chat from procrastinate_jobs order by id"


@dataclass
class Desk:
    """A takeover on one connection, and the turns that it asked for."""

    pool: Pool
    conn: Connection
    takeover: Takeover

    async def lead(self, stage: str) -> UUID:
        made: UUID = (await insert(self.pool, "leads", {"channel": "telegram", "chat": "7", "stage": stage}))["id"]
        consent = {"lead_id": made, "kind": "talk", "granted": True, "text_version": "v", "at": NOW, "key": "c"}
        await insert(self.pool, "consents", consent)
        return made

    async def open(self, lead: UUID, opening: datetime | None = None) -> Handoff:
        given: dict[str, Any] = {"key": "h", "turn_id": "t", "lead_id": lead, "reason": "", "summary": ""}
        return await handoffs.open_handoff(self.conn, **given, now=NOW, limit=HOUR, opening=opening)

    async def queued(self) -> list[tuple[str, str]]:
        """The chats for which turns are queued."""
        return [(row["channel"], row["chat"]) for row in await self.rows(TURNS)]

    async def rows(self, query: str) -> list[dict[str, Any]]:
        return await (await self.conn.execute(query.encode())).fetchall()


@pytest.fixture
async def desk(empty_database: Pool) -> AsyncIterator[Desk]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Desk]:
        async with empty_database.connection() as conn:
            yield Desk(empty_database, conn, Takeover(conn, load_prompts(), NOW, HOUR))

    async with opened() as made:
        yield made


def words(text: str = "Hola", key: str = "advisor:1") -> Words:
    return Words(None, "Rosa", text, key)


async def test_in_a_chat_that_humans_have_words_go_out_at_once_and_once(desk: Desk) -> None:
    handoff = await desk.open(await desk.lead("handoff"))
    for _ in range(2):
        assert isinstance(await desk.takeover.speak(handoff, words()), Taken)
    assert [row["text"] for row in await desk.rows("select message->>'text' as text from outbox")] == [
        "Rosa, del equipo:\nHola"
    ]
    assert (await desk.rows("select id from inbox"), await desk.queued()) == ([], [])


async def test_where_brenda_talks_the_inbox_comes_first(desk: Desk) -> None:
    lead = await desk.lead("checkout")
    done = await desk.takeover.speak(lead, words())
    assert isinstance(done, Taken)
    assert done.first
    again = await desk.takeover.speak(lead, words())
    assert isinstance(again, Taken)
    assert again.handoff.id == done.handoff.id
    (row,) = await desk.rows("select update_id, input from inbox")
    assert row["update_id"] == inbox.world_id("advisor:1")
    assert row["input"]["data"] == {"handoff": done.handoff.id, "advisor": "Rosa"}
    assert (await desk.rows("select id from outbox"), await desk.queued()) == ([], [("telegram", "7")])


async def test_one_that_waits_is_taken_for_an_hour_not_until_the_morning(desk: Desk) -> None:
    waiting = await desk.open(await desk.lead("conversation"), opening=NOW + 15 * HOUR)
    done = await desk.takeover.speak(waiting, words())
    assert isinstance(done, Taken)
    assert done.handoff.deadline_at == NOW + HOUR


async def test_one_that_is_over_is_refused(desk: Desk) -> None:
    handoff = await desk.open(await desk.lead("handoff"))
    await handoffs.give_back(desk.conn, handoff.id, NOW)
    over = await handoffs.by_id(desk.conn, handoff.id)
    assert over is not None
    assert await desk.takeover.speak(over, words()) is Refusal.OVER
    assert await desk.takeover.speak(UUID(int=0), words()) is Refusal.GONE
    assert not await desk.takeover.give_back(over)


@pytest.mark.parametrize(("opening", "action"), [(None, "devolver"), (NOW + HOUR, "unanswered")])
async def test_what_is_given_back_reaches_the_inbox_once(desk: Desk, opening: datetime | None, action: str) -> None:
    handoff = await desk.open(await desk.lead("conversation" if opening else "handoff"), opening)
    assert await desk.takeover.give_back(handoff)
    assert await desk.takeover.give_back(handoff)
    (row,) = await desk.rows("select input from inbox")
    assert (row["input"]["kind"], row["input"]["action"]) == ("advisor", action)
    (status,) = await desk.rows("select status from handoffs")
    assert status["status"] == ("returned" if opening else "open"), "one that was begun ends with the person's turn"
