from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.types.json import Jsonb

from core.db import queue_report
from core.db.pool import Pool
from core.db.queue_report import Standing
from core.integrations.queue import Job, Queue
from tests.brendas import queue_on
from tests.worlds import insert, make_lead

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
EVERYTHING = frozenset(Standing)


@pytest.fixture
async def queue(empty_database: Pool) -> AsyncIterator[Queue]:
    async with queue_on(empty_database) as made:
        yield made


async def run(pool: Pool, query: str, *values: object) -> None:
    async with pool.connection() as conn:
        await conn.execute(query.encode(), values or None)


async def failed_job(pool: Pool, queue: Queue, channel: str, chat: str) -> int:
    async with pool.connection() as conn:
        await queue.defer(conn, Job.TURN, channel=channel, chat=chat)
        row = await (await conn.execute("update procrastinate_jobs set status = 'failed' returning id")).fetchone()
        assert row
        given = {"job": row["id"], "error": "KeyError at x.py:1", "now": NOW}
        await conn.execute(queue_report.NOTE_FAILURE, given)
        await conn.execute(queue_report.NOTE_FAILURE, given)
    return int(row["id"])


async def make_message(pool: Pool, status: str = "failed", **fields: object) -> int:
    row = {"channel": "telegram", "chat": "1", "turn_id": "t", "message": Jsonb({"text": "secreto"}), "key": "k"}
    return int((await insert(pool, "outbox", row | {"status": status, "error": "blocked", **fields}))["id"])


async def make_event(pool: Pool) -> int:
    row = {"provider": "stripe", "event_id": "e", "kind": "x", "payload": Jsonb({}), "received_at": NOW}
    return int(
        (await insert(pool, "webhook_events", row | {"status": "failed", "done_at": NOW, "error": "KeyError"}))["id"]
    )


async def test_what_waits_and_what_failed_is_listed_with_its_reason(empty_database: Pool, queue: Queue) -> None:
    job, message, event = (
        await failed_job(empty_database, queue, channel="telegram", chat="1"),
        await make_message(empty_database),
        await make_event(empty_database),
    )
    async with empty_database.connection() as conn:
        await queue.defer(conn, Job.FOLLOW_UP, at=NOW, follow_up=1)
        entries = await queue_report.listed(conn, EVERYTHING)
        failed = await queue_report.listed(conn, frozenset({Standing.FAILED}))
        counted = await queue_report.counts(conn)
    assert [(entry.reference, entry.name, entry.reason) for entry in failed] == [
        (f"job:{job}", "brenda.turn", "KeyError at x.py:1"),
        (f"outbox:{message}", "telegram", "blocked"),
        (f"webhook:{event}", "stripe x", "KeyError"),
    ]
    waiting = [entry for entry in entries if entry.state == "waiting"]
    assert [(entry.name, entry.at) for entry in waiting] == [("brenda.follow_up", NOW)]
    assert {(each.kind, each.name, each.state, each.number) for each in counted} == {
        ("job", "brenda.turn", "failed", 1),
        ("job", "brenda.follow_up", "waiting", 1),
        ("outbox", "telegram", "failed", 1),
        ("webhook", "stripe x", "failed", 1),
    }
    assert "secreto" not in str(entries)


async def test_what_failed_is_tried_again_from_the_start_and_nothing_else_is(
    empty_database: Pool, queue: Queue
) -> None:
    references = [
        ("job", await failed_job(empty_database, queue, channel="telegram", chat="1")),
        ("outbox", await make_message(empty_database)),
        ("webhook", await make_event(empty_database)),
    ]
    async with empty_database.connection() as conn:
        for kind, number in references:
            assert await queue_report.retry(conn, kind, number, NOW)
            assert not await queue_report.retry(conn, kind, number, NOW)
            assert not await queue_report.retry(conn, kind, 404, NOW)
        assert not await queue_report.retry(conn, "leads", 1, NOW)
        entries = await queue_report.listed(conn, EVERYTHING)
    assert {(entry.state, entry.attempts, entry.kind == "outbox" or entry.reason) for entry in entries} == {
        ("waiting", 0, True),
        ("waiting", 0, None),
    }


async def test_a_person_who_blocked_the_channel_is_not_written_to_again(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    message = await make_message(empty_database, lead_id=lead.id)
    await run(empty_database, "update leads set blocked_at = now()")
    async with empty_database.connection() as conn:
        assert not await queue_report.retry(conn, "outbox", message, NOW)


async def test_the_oldest_job_that_should_have_begun_is_told(empty_database: Pool, queue: Queue) -> None:
    async with empty_database.connection() as conn:
        assert await queue_report.oldest_due(conn, NOW) is None
        await queue.defer(conn, Job.FOLLOW_UP, at=NOW + timedelta(hours=1), follow_up=1)
        assert await queue_report.oldest_due(conn, NOW) is None
        await queue.defer(conn, Job.FOLLOW_UP, at=NOW - timedelta(hours=1), follow_up=2)
        assert await queue_report.oldest_due(conn, NOW) == NOW - timedelta(hours=1)


async def test_a_failed_job_of_somebody_who_was_erased_is_forgotten(empty_database: Pool, queue: Queue) -> None:
    lead = await make_lead(empty_database, NOW)
    kept = await failed_job(empty_database, queue, channel=lead.channel, chat=lead.chat)
    await failed_job(empty_database, queue, channel="telegram", chat="gone")
    for _ in range(2):
        async with empty_database.connection() as conn:
            await queue_report.forget_nameless(conn)
            entries = await queue_report.listed(conn, EVERYTHING)
            rows = await (await conn.execute("select job_id from job_failures")).fetchall()
    assert [entry.id for entry in entries] == [kept]
    assert [row["job_id"] for row in rows] == [kept]
