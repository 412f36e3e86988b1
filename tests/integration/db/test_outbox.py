"""The outbox."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.db import outbox
from core.db.outbox import OutboxDraft, OutboxRow
from core.db.pool import Pool
from core.domain.messages import Button, Outgoing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draft(text: str, chat: str = "7", **more: Any) -> OutboxDraft:
    message = Outgoing(text=text, buttons=(Button(label="Sí", action="x"),))
    return OutboxDraft(f"{chat}:{text}", "telegram", chat, "t1", message, **more)


async def add(pool: Pool, *drafts: OutboxDraft) -> int:
    async with pool.connection() as conn:
        return await outbox.add(conn, drafts, NOW)


async def claim(pool: Pool, after: float = 0, limit: int = 30) -> list[OutboxRow]:
    async with pool.connection() as conn:
        return await outbox.claim_next(conn, "telegram", NOW + timedelta(seconds=after), 60, limit)


async def status(pool: Pool) -> list[str]:
    async with pool.connection() as conn:
        rows = await (await conn.execute("select status from outbox order by id")).fetchall()
    return [row["status"] for row in rows]


async def test_adding_again_changes_nothing_and_keeps_the_order(empty_database: Pool) -> None:
    drafts = [draft(str(number)) for number in range(20)]
    assert await add(empty_database, *drafts[:5]) == 5
    assert await add(empty_database, *drafts) == 15
    said = []
    while rows := await claim(empty_database):
        async with empty_database.connection() as conn:
            await outbox.sent(conn, rows[0].id, "1", NOW)
        said += [row.message.text for row in rows]
    assert said == [str(number) for number in range(20)]
    assert await add(empty_database) == 0


async def test_an_unknown_prompt_hash_is_left_out_and_a_known_one_kept(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        await conn.execute("insert into prompt_versions (hash, files) values (%s, %s)", ("a" * 64, Jsonb({})))
    await add(empty_database, draft("1", prompt_hash="a" * 64), draft("2", prompt_hash="b" * 64))
    async with empty_database.connection() as conn:
        rows = await (await conn.execute("select prompt_hash from outbox order by id")).fetchall()
    assert [row["prompt_hash"] for row in rows] == ["a" * 64, None]


async def test_one_row_of_each_chat_at_a_time(empty_database: Pool) -> None:
    await add(empty_database, draft("1"), draft("2"), draft("1", "8"), draft("1", "9", status="recorded"))
    rows = await claim(empty_database)
    assert [(row.chat, row.message.text, row.attempts) for row in rows] == [("7", "1", 1), ("8", "1", 1)]
    assert await claim(empty_database) == []


async def test_many_claimers_never_get_the_same_row(empty_database: Pool) -> None:
    await add(empty_database, *(draft(str(number), str(chat)) for chat in range(20) for number in range(2)))
    claims = await asyncio.gather(*(claim(empty_database, limit=5) for _ in range(8)))
    ids = [row.id for rows in claims for row in rows]
    assert len(ids) == len(set(ids))
    assert {row.message.text for rows in claims for row in rows} == {"0"}


async def test_a_lost_row_is_claimed_once_more_and_then_given_up(empty_database: Pool) -> None:
    await add(empty_database, draft("1"), draft("2"))
    assert [row.attempts for row in await claim(empty_database)] == [1]
    assert await claim(empty_database, after=59) == []
    assert [row.attempts for row in await claim(empty_database, after=61)] == [2]
    assert await claim(empty_database, after=200) == []
    async with empty_database.connection() as conn:
        assert len(await outbox.give_up_unclear(conn, "telegram", NOW + timedelta(seconds=200))) == 1
    assert [row.message.text for row in await claim(empty_database, after=200)] == ["2"]


async def test_a_postponed_row_holds_its_chat_up_and_does_not_count(empty_database: Pool) -> None:
    await add(empty_database, draft("1"), draft("2"))
    for number in range(5):
        (row,) = await claim(empty_database, after=number * 10)
        assert (row.message.text, row.attempts) == ("1", 1)
        async with empty_database.connection() as conn:
            await outbox.postpone(conn, row.id, NOW + timedelta(seconds=number * 10 + 5), "flood")
        assert await claim(empty_database, after=number * 10 + 4) == []


async def test_an_unclear_row_is_tried_once_more(empty_database: Pool) -> None:
    await add(empty_database, draft("1"))
    for retried in (True, False):
        (row,) = await claim(empty_database)
        async with empty_database.connection() as conn:
            assert await outbox.unclear(conn, row.id, NOW, "time-out") is retried
    assert await status(empty_database) == ["failed"]


async def test_delivered_parts_are_remembered_and_the_next_has_its_own_attempts(empty_database: Pool) -> None:
    await add(empty_database, draft("1"))
    (row,) = await claim(empty_database)
    async with empty_database.connection() as conn:
        await outbox.progress(conn, row.id, ["11", "12"], NOW)
    (again,) = await claim(empty_database, after=1)
    assert (again.delivered, again.message, again.attempts) == (("11", "12"), row.message, 2)


async def test_what_is_due_later_holds_nobody_up(empty_database: Pool) -> None:
    await add(empty_database, draft("later", not_before=NOW + timedelta(hours=1)), draft("now"))
    assert [row.message.text for row in await claim(empty_database)] == ["now"]


async def test_a_row_that_holds_no_message_can_be_claimed_and_failed(empty_database: Pool) -> None:
    await add(empty_database, draft("1"), draft("2"))
    async with empty_database.connection() as conn:
        await conn.execute("update outbox set message = %s where key = '7:1'", (Jsonb({"text": [1]}),))
    (row,) = await claim(empty_database)
    assert row.message == Outgoing()
    async with empty_database.connection() as conn:
        await outbox.fail(conn, row.id, "x" * 5_000)
    assert [row.message.text for row in await claim(empty_database)] == ["2"]


async def test_a_lone_deliverer_takes_back_what_a_crash_left(empty_database: Pool) -> None:
    await add(empty_database, draft("1"))
    await claim(empty_database)
    async with empty_database.connection() as conn:
        assert await outbox.reclaim(conn, "telegram", NOW) == 1
        assert await outbox.reclaim(conn, "telegram", NOW) == 0
    assert [row.attempts for row in await claim(empty_database)] == [2]
