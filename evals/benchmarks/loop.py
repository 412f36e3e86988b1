"""The bare loop: the vendor's client with the messages and tools that Brenda sends for the same turn, and one INSERT.

It thinks nothing, reads nothing, keeps no state and checks nothing: what a turn costs when almost nothing is done.
"""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import openai
from psycopg_pool import AsyncConnectionPool

from evals.benchmarks.contestant import MODEL, POOL_SIZE, TEMPERATURE
from evals.benchmarks.endpoint import Endpoint
from evals.benchmarks.lines import Mix

Asked = Mapping[str, Any]
"""The keys `messages` and, if tools were offered, `tools`, as the vendor's API wants them."""
Transcript = Mapping[Mix, Sequence[Sequence[Asked]]]
"""What Brenda asked the model, turn by turn, in a conversation of each mix."""

_TABLE = """
create table if not exists answers (
    id bigint generated always as identity primary key,
    chat text not null,
    turn integer not null,
    text text not null,
    at timestamptz not null default now()
)
"""


@dataclass(frozen=True, slots=True)
class BareLoop:
    """`transcript` holds at least as many turns as a conversation has."""

    client: openai.AsyncOpenAI
    pool: AsyncConnectionPool
    transcript: Transcript

    async def prepare(self, chats: Sequence[str]) -> None:
        """Nothing is needed."""

    async def take_turn(self, chat: str, mix: Mix, number: int) -> float:
        """Ask as often as Brenda did, and insert the last answer."""
        text = ""
        for asked in self.transcript[mix][number]:
            options: Any = asked
            reply = await self.client.chat.completions.create(model=MODEL, temperature=TEMPERATURE, **options)
            text = reply.choices[0].message.content or ""
        async with self.pool.connection() as conn:
            await conn.execute("insert into answers (chat, turn, text) values (%s, %s, %s)", (chat, number, text))
        return time.perf_counter()


@asynccontextmanager
async def open_loop(url: str, endpoint: Endpoint, transcript: Transcript) -> AsyncIterator[BareLoop]:
    """The loop with the client's defaults."""
    pool = AsyncConnectionPool(url, kwargs={"autocommit": True}, min_size=2, max_size=POOL_SIZE, open=False)
    async with pool, openai.AsyncOpenAI(base_url=endpoint.base_url, api_key="none") as client:
        async with pool.connection() as conn:
            await conn.execute(_TABLE)
        yield BareLoop(client, pool, transcript)
