"""When a worker looks into the queue. Its interval is so long here that a job which waits for it is never run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import DeleteJobCondition
from psycopg import AsyncConnection

from core.background import beside
from core.db.pool import Pool
from core.integrations.queue import queue_app
from core.integrations.watchful_manager import WatchfulManager
from tests.processes import met, until, value

NEVER = 3600.0
LISTENING = "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%%'"


@dataclass
class Shop:
    """An app whose jobs note their names, and wait for their gate if they have one."""

    app: App
    pool: Pool
    ran: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    async def run(self, name: str) -> None:
        self.ran.append(name)
        if name in self.gates:
            await self.gates[name].wait()

    async def defer(self, name: str, lock: str | None = None) -> None:
        await self.app.configure_task("run", lock=lock).defer_async(name=name)


@pytest.fixture
async def shop(empty_database: Pool) -> AsyncIterator[Shop]:
    async with queue_app(empty_database) as app:
        shop = Shop(app, empty_database)
        app.task(name="run")(shop.run)
        yield shop


@asynccontextmanager
async def working(shop: Shop) -> AsyncIterator[None]:
    """A worker that listens."""
    working = shop.app.run_worker_async(
        install_signal_handlers=False,
        concurrency=4,
        fetch_job_polling_interval=NEVER,
        delete_jobs=DeleteJobCondition.SUCCESSFUL,
    )
    async with beside(working):
        await until(shop.pool, LISTENING)
        yield


async def test_what_waits_for_a_lock_is_run_when_the_lock_is_free(shop: Shop) -> None:
    shop.gates["first"] = asyncio.Event()
    async with working(shop):
        await shop.defer("first", lock="chat")
        await met(lambda: shop.ran == ["first"])
        await shop.defer("second", lock="chat")
        await shop.defer("elsewhere")
        # It was deferred later: the worker has looked since the second was announced.
        await met(lambda: shop.ran == ["first", "elsewhere"])
        shop.gates["first"].set()
        await met(lambda: shop.ran == ["first", "elsewhere", "second"])


async def test_a_job_that_fails_and_is_tried_again_frees_its_lock_too(shop: Shop) -> None:
    failed = asyncio.Event()

    async def fail_once(name: str) -> None:
        shop.ran.append(name)
        if not failed.is_set():
            await shop.gates[name].wait()
            failed.set()
            raise ValueError(name)

    shop.gates["first"] = asyncio.Event()
    shop.app.task(name="fail_once", retry=1)(fail_once)
    async with working(shop):
        await shop.app.configure_task("fail_once", lock="chat").defer_async(name="first")
        await met(lambda: shop.ran == ["first"])
        await shop.defer("second", lock="chat")
        await shop.defer("elsewhere")
        await met(lambda: "elsewhere" in shop.ran)
        shop.gates["first"].set()
        await met(lambda: sorted(shop.ran) == ["elsewhere", "first", "first", "second"])


class LateConnector(PsycopgConnector):
    """What the server answers to a look comes when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()
        self.may.set()
        self.answered = asyncio.Event()

    async def execute_query_one_async(self, query: str, **arguments: Any) -> dict[str, Any]:
        row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        if "fetch_job" in query and not self.may.is_set():
            self.answered.set()
            await self.may.wait()
        return row


async def test_a_job_that_ends_while_a_look_is_under_way_is_a_reason_to_look_again(empty_database: Pool) -> None:
    connector = LateConnector()
    app = App(connector=connector)
    app.job_manager = WatchfulManager(connector)
    async with app.open_async(empty_database):
        shop = Shop(app, empty_database, gates={"first": asyncio.Event()})
        app.task(name="run")(shop.run)
        async with working(shop):
            await shop.defer("first", lock="chat")
            await met(lambda: shop.ran == ["first"])
            connector.may.clear()
            await shop.defer("second", lock="chat")
            await connector.answered.wait()
            shop.gates["first"].set()
            await until(shop.pool, "select count(*) <= 1 from procrastinate_jobs")
            connector.may.set()
            await met(lambda: shop.ran == ["first", "second"])


async def test_jobs_of_which_nothing_was_heard_are_all_run_at_the_start(shop: Shop) -> None:
    for number in range(9):
        await shop.defer(str(number))
    async with working(shop):
        await met(lambda: sorted(shop.ran) == [str(number) for number in range(9)])


async def test_jobs_that_come_together_are_all_run(shop: Shop) -> None:
    async with working(shop):
        async with shop.pool.connection() as conn, conn.transaction():
            await _defer_all(shop, conn, 30)
        await met(lambda: len(shop.ran) == 30)
    assert await value(shop.pool, "select count(*) from procrastinate_jobs") == 0


async def _defer_all(shop: Shop, conn: AsyncConnection[Any], count: int) -> None:
    for number in range(count):
        task = shop.app.configure_task("run", lock=f"chat-{number % 3}", connection=conn)
        await task.defer_async(name=str(number))
