"""The desk's rounds: a hand-off without a job of its own ends all the same, once, and nothing else is touched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Any

import pytest

from agent.checkpoints import PooledSaver
from channels.jobs.desk import Desk
from channels.jobs.desk_rounds import make_round
from core.db.pool import Pool
from tests.brendas import MovedClock, brenda_on, queue_on
from tests.worlds import insert


@asynccontextmanager
async def office(pool: Pool, spoken: list[bool]) -> AsyncIterator[tuple[Desk, MovedClock]]:
    async with queue_on(pool) as queue, brenda_on(pool, queue) as brenda:
        clock = brenda.clock
        assert isinstance(clock, MovedClock)
        desk = Desk(
            brenda=brenda,
            queue=queue,
            saver=PooledSaver(pool),
            typing=lambda _: nullcontext(),
            spoken=lambda: spoken.append(True),
            quiet=timedelta(),
        )
        yield desk, clock


@pytest.mark.parametrize(("status", "action"), [("waiting", "unanswered"), ("open", "handback"), ("taken", "handback")])
async def test_what_is_overdue_ends_once(database: Pool, status: str, action: str) -> None:
    spoken: list[bool] = []
    async with office(database, spoken) as (desk, clock):
        lead = await insert(database, "leads", {"channel": "telegram", "chat": "7", "stage": "conversation"})
        row = {"lead_id": lead["id"], "reason": "", "summary": "", "status": status, "turn_id": "t", "key": "k"}
        times = {"opened_at": clock.now, "deadline_at": clock.now + timedelta(minutes=60)}
        handoff = await insert(database, "handoffs", row | times)
        await make_round(desk)
        assert (await given(database), spoken) == ([], []), "its time is not over"
        clock.move(minutes=60)
        for _ in range(2):
            await make_round(desk)
        assert await given(database) == [("deadline", action, {"handoff": handoff["id"]})]
        assert spoken == [True]


async def given(pool: Pool) -> list[tuple[Any, ...]]:
    async with pool.connection() as conn:
        rows = await (await conn.execute("select input from inbox order by id")).fetchall()
    return [(row["input"]["kind"], row["input"]["action"], row["input"]["data"]) for row in rows]
