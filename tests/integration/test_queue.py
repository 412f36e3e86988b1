"""The job queue."""

from datetime import timedelta
from typing import Any

import pytest

from core.db.pool import Pool
from core.integrations.queue import Job, Queue, queue_app
from tests.deals import NOW


class ChangedError(Exception):
    """Somebody changed their mind."""


async def jobs(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as conn:
        return await (await conn.execute("select * from procrastinate_jobs order by id")).fetchall()


async def test_a_job_is_queued_as_it_was_asked_for(empty_database: Pool) -> None:
    async with queue_app(empty_database) as app, empty_database.connection() as conn, conn.transaction():
        await Queue(app).defer(conn, Job.TURN, lock="telegram:7", channel="telegram", chat="7")
        await Queue(app).defer(conn, Job.HAND_BACK, at=NOW + timedelta(hours=1), handoff=3)
    turn, hand_back = await jobs(empty_database)
    assert (turn["task_name"], turn["lock"], turn["scheduled_at"]) == ("brenda.turn", "telegram:7", None)
    assert turn["args"] == {"channel": "telegram", "chat": "7"}
    assert (hand_back["task_name"], hand_back["lock"]) == ("brenda.hand_back", None)
    assert (hand_back["scheduled_at"], hand_back["args"]) == (NOW + timedelta(hours=1), {"handoff": 3})


async def test_a_job_lives_and_dies_with_the_transaction_that_needs_it(empty_database: Pool) -> None:
    async with queue_app(empty_database) as app, empty_database.connection() as conn:
        with pytest.raises(ChangedError):
            async with conn.transaction():
                await Queue(app).defer(conn, Job.TURN, chat="7")
                raise ChangedError
        assert await jobs(empty_database) == []
        async with conn.transaction():
            await Queue(app).defer(conn, Job.TURN, chat="7")
            assert await jobs(empty_database) == [], "nobody sees it before the end"
    assert len(await jobs(empty_database)) == 1
