"""The graph's checkpoints in Postgres.

The library's saver puts one lock around everything, because it may have been given a single connection. Over a pool
each call takes a connection of its own, so the lock only makes chats wait for each other, and is left out here.

Nor does a checkpoint wait for the disk. The turn's record, which is written right after it, does, and the log is kept
in order: what is on record has its checkpoint. Only a crash of the server itself in between can cost a checkpoint, and
then the turn is run again; the end of a process, however sudden, costs none.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncCursor
from psycopg.rows import DictRow

from core.db.pool import Pool


class PooledSaver(AsyncPostgresSaver):
    """A saver over a pool. To be made inside the running event loop."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self.lock: Any = nullcontext()

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        async with super()._cursor(pipeline=pipeline) as cursor:
            if pipeline:
                # What writes is one pipeline, and so one transaction of which this is the first statement.
                await cursor.execute("select set_config('synchronous_commit', 'off', true)")
            yield cursor


async def prune(saver: AsyncPostgresSaver, least: int = 10) -> int:
    """Delete all but the last checkpoint of each thread that has more than `least`; how many threads were pruned."""
    query = "select thread_id from checkpoints group by thread_id having count(*) > %s limit 500"
    async with saver._cursor() as cursor:
        await cursor.execute(query, (least,))
        threads = [row["thread_id"] for row in await cursor.fetchall()]
    await saver.aprune(threads)
    return len(threads)
