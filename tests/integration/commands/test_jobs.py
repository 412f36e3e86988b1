"""`jobs` as somebody types it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb
from typer.testing import CliRunner, Result

from bot import app
from core.db.embedded import EmbeddedPostgres
from core.db.pool import open_pool
from core.integrations.queue import Job
from tests.brendas import queue_on
from tests.databases import cloned
from tests.processes import value
from tests.worlds import insert

Run = Callable[..., Result]


@pytest.fixture
async def address(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[str]:
    """The address of a fresh database without sample rows."""
    async with cloned(postgres, migrated_template) as url:
        # The settings want a host; that of the query, the socket's folder, is the one that counts.
        yield url.replace("@/", "@localhost/")


@pytest.fixture
def jobs(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": address, "SECRET_KEY": "k" * 32, "DATA_DIR": str(tmp_path), "COLUMNS": "160"}

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["jobs", *arguments], env=settings)

    return run


@pytest.fixture
async def stuck(address: str) -> str:
    """A database with one job that waits, and a job, a message and a webhook that failed for good."""
    pool = await open_pool(address, 2)
    async with queue_on(pool) as queue, pool.connection() as conn:
        await queue.defer(conn, Job.TURN, channel="telegram", chat="1")
        await conn.execute("update procrastinate_jobs set status = 'failed', attempts = 8")
        await conn.execute("insert into job_failures select id, 'KeyError at x.py:1', now() from procrastinate_jobs")
        await queue.defer(conn, Job.FOLLOW_UP, follow_up=1)
    row = {"channel": "telegram", "chat": "1", "turn_id": "t", "message": Jsonb({}), "key": "k"}
    await insert(pool, "outbox", row | {"status": "failed", "error": "[chat not found]"})
    event = {"provider": "stripe", "event_id": "e", "kind": "paid", "payload": Jsonb({}), "status": "failed"}
    await insert(pool, "webhook_events", event | {"received_at": "2026-11-24", "done_at": "2026-11-24"})
    await pool.close()
    return address


async def test_an_idle_house_says_so(jobs: Run) -> None:
    result = await asyncio.to_thread(jobs)
    assert (result.exit_code, result.output.strip()) == (0, "Nothing waits, nothing runs, nothing has failed.")


async def test_what_failed_is_shown_with_its_reason(jobs: Run, stuck: str) -> None:
    everything = (await asyncio.to_thread(jobs)).output
    failed = (await asyncio.to_thread(jobs, "--failed")).output
    for words in ("job:1", "brenda.turn", "KeyError at x.py:1", "outbox:1", "[chat not found]", "webhook:1", "failed"):
        assert words in failed
    assert "brenda.follow_up" in everything
    assert "waiting" in everything
    assert "brenda.follow_up" not in failed


async def test_json_is_one_object_a_line(jobs: Run, stuck: str) -> None:
    lines = (await asyncio.to_thread(jobs, "--failed", "--json")).output.splitlines()
    assert [json.loads(line)["reference"] for line in lines] == ["job:1", "outbox:1", "webhook:1"]


@pytest.mark.parametrize("reference", ["job:1", "outbox:1", "webhook:1"])
async def test_what_failed_is_tried_again_once(jobs: Run, stuck: str, reference: str) -> None:
    first = await asyncio.to_thread(jobs, "retry", reference)
    assert (first.exit_code, first.output.strip()) == (0, f"{reference} is tried again.")
    again = await asyncio.to_thread(jobs, "retry", reference)
    assert again.exit_code == 1
    assert "has not failed" in again.output
    assert reference not in (await asyncio.to_thread(jobs, "--failed")).output


async def test_an_event_that_is_tried_again_gets_a_job(jobs: Run, stuck: str) -> None:
    await asyncio.to_thread(jobs, "retry", "webhook:1")
    pool = await open_pool(stuck, 1)
    assert await value(pool, "select args from procrastinate_jobs where task_name = %s", Job.WEBHOOK.value) == {
        "event": 1
    }
    await pool.close()


@pytest.mark.parametrize("reference", ["", "job", "job:", "job:x", "12", "job:-1", "job:" + "9" * 30, "job:²"])
async def test_a_reference_that_is_none_is_told_with_the_right_form(jobs: Run, reference: str) -> None:
    result = await asyncio.to_thread(jobs, "retry", reference)
    assert result.exit_code == 2
    assert "job:12" in result.output


async def test_what_there_is_not_cannot_be_tried_again(jobs: Run) -> None:
    assert (await asyncio.to_thread(jobs, "retry", "leads:1")).exit_code == 1
