"""Brenda's full durable turn: from the row in the inbox and its job to the row in the outbox.

The input and its job are stored in one transaction, as a channel does; a procrastinate worker in this process takes the
job under its chat's lock, the turn's rows are taken from the inbox, the graph runs, the checkpoint is written, and the
closing transaction writes the record and the outbox. Delivery is not included, nor is the pause that waits for the end
of a burst. The prospects have accepted, have a name and have seen the course.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from procrastinate import App
from pydantic import HttpUrl

from agent.assembly import assemble
from agent.turn import Brenda
from core.background import beside
from core.db import meetings
from core.db.migrator import migrate
from core.db.pool import open_pool
from core.db.samples import seed
from core.domain.clock import system_clock
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnRequest
from core.garbage import seldom_collected
from core.integrations.queue import Job, Queue, queue_app
from core.prompts.prompt_library import PromptLibrary
from core.settings import Settings
from core.world.arrivals import receive
from evals.benchmarks.contestant import MODEL, POOL_SIZE, WORKERS
from evals.benchmarks.endpoint import ROOT, Endpoint
from evals.benchmarks.lines import Mix, line

CHANNEL = "telegram"

_PROSPECTS = """
with known as (
    insert into leads (channel, chat, name, stage, course_id, source)
    select %(channel)s, chat, 'Mariana', 'conversation', (select min(id) from courses where is_active), 'facebook'
    from unnest(%(chats)s::text[]) as chat
    returning id
)
insert into consents (lead_id, kind, granted, text_version, at, key)
select id, 'talk', true, 'benchmark', now(), id || ':talk' from known
"""


@dataclass(frozen=True, slots=True)
class DurableBrenda:
    """Brenda behind her inbox. `ended` holds, for each chat under way, what is set when its job is over."""

    brenda: Brenda
    updates: Iterator[int] = field(default_factory=count)
    ended: dict[str, asyncio.Future[float]] = field(default_factory=dict)

    async def prepare(self, chats: Sequence[str]) -> None:
        """Prospects in the midst of a conversation."""
        async with self.brenda.pool.connection() as conn:
            await conn.execute(_PROSPECTS, {"channel": CHANNEL, "chats": list(chats)})

    async def take_turn(self, chat: str, mix: Mix, number: int) -> float:
        """Store what was typed and wait for the end of its job."""
        self.ended[chat] = asyncio.get_running_loop().create_future()
        given = Input(kind=InputKind.TEXT, text=line(mix, number))
        update = time.time_ns() + next(self.updates)
        async with self.brenda.pool.connection() as conn:
            await receive(conn, CHANNEL, update, chat, given, now=self.brenda.clock())
        return await self.ended[chat]

    async def answer(self, channel: str, chat: str) -> None:
        """The job: the same steps in the same order as the worker's in production."""
        try:
            now = self.brenda.clock()
            async with self.brenda.pool.connection() as conn:
                waiting = await meetings.take(conn, channel=channel, chat=chat, samples=True, now=now, settled=now)
            if waiting is not None:
                taken = waiting.taken
                inputs = tuple(row.input for row in taken.rows)
                request = TurnRequest(turn_id=taken.turn_id, channel=channel, chat=chat, inputs=inputs)
                await self.brenda.take_turn(request, waiting.meeting)
            self.ended[chat].set_result(time.perf_counter())
        except Exception as error:
            # Without this the benchmark would wait for ever for a turn that failed.
            self.ended[chat].set_exception(error)
            raise


async def make_ready(url: str) -> None:
    """Schema and sample courses."""
    pool = await open_pool(url, 2)
    async with pool:
        await migrate(pool)
        async with pool.connection() as conn:
            await seed(conn)


@asynccontextmanager
async def open_brenda(
    url: str,
    endpoint: Endpoint,
    prompts: PromptLibrary,
    folder: Path,
    changed: Callable[[Brenda], Brenda] = lambda brenda: brenda,
) -> AsyncIterator[DurableBrenda]:
    """Brenda and her worker, put together as the composition root does it. `changed` may replace parts of her."""
    pool = await open_pool(url, POOL_SIZE, prepares=True)
    async with pool, queue_app(pool) as app:
        queue = Queue(app)
        brenda = changed(assemble(_settings(endpoint, folder), pool, prompts, queue, system_clock))
        durable = DurableBrenda(brenda)
        app.task(name=Job.TURN.value)(durable.answer)
        try:
            with seldom_collected():  # as in production
                async with beside(_work(app)):
                    yield durable
        finally:
            await brenda.models.aclose()


async def _work(app: App) -> None:
    """A worker with production's intervals."""
    await app.run_worker_async(
        concurrency=WORKERS,
        install_signal_handlers=False,
        fetch_job_polling_interval=1.0,
        update_heartbeat_interval=3.0,
        stalled_worker_timeout=12.0,
        delete_jobs="successful",
        shutdown_graceful_timeout=20.0,
    )


def _settings(endpoint: Endpoint, folder: Path) -> Settings:
    """The embedded Brenda's, whatever the machine's environment says, with the endpoint as her model."""
    return Settings(
        _env_file=None,
        data_dir=folder,
        prompts_dir=ROOT / "prompts",
        media_dir=ROOT / "supabase" / "storage",
        database_url=None,
        secret_key=None,
        openai_base_url=HttpUrl(endpoint.base_url),
        openai_api_key=None,
        openai_model=MODEL,
        second_model=None,
        advisor_chat=None,
    )
