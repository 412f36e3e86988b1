"""The process is killed at each point of a turn, and started again: nothing is lost, paid twice or said twice.

The points are found from outside: a model that does not answer, a table that another session holds, a Telegram that
does not confirm. Two crashes at a time run side by side, each on a database of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from core.db.embedded import start_embedded
from core.db.migrator import migrate
from core.db.pool import Pool, open_pool
from core.db.samples import seed
from tests.databases import data_folder
from tests.fakes.openai_server import Answer, Ending, FakeOpenAI, script
from tests.fakes.telegram_records import Fault
from tests.fakes.telegram_server import FakeTelegram
from tests.processes import Process, brenda, met, until, value

CHAT = 4242
QUESTION = "¿Para quién es este curso?"
REPLY = "Es para quien quiere usar estas herramientas en su trabajo de cada día. ¿A qué te dedicas tú?"


@dataclass
class World:
    """One Brenda with her fakes; `blocker` is another session of the database."""

    folder: Path
    pool: Pool
    blocker: psycopg.AsyncConnection[tuple[object, ...]]
    telegram: FakeTelegram
    model: FakeOpenAI

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        settings = {
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_API_URL": self.telegram.url,
            "OPENAI_BASE_URL": self.model.base_url,
        }
        async with brenda("telegram", data_dir=self.folder, **settings) as process:
            await process.says("is listening")
            yield process

    async def hold(self, table: str) -> None:
        """Let nobody write to a table any more, while all may read it."""
        await self.blocker.execute(f"lock table {table} in exclusive mode".encode())

    async def held_up(self) -> None:
        """Wait until somebody waits for the table."""
        await until(self.pool, "select exists (select from pg_stat_activity where wait_event_type = 'Lock')")

    async def release(self) -> None:
        """End the sessions that wait, as a machine that is gone would, and let go of the table."""
        await value(
            self.pool,
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event_type = 'Lock'",
        )
        await self.blocker.rollback()


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """A person who is in the middle of a conversation."""
    server = start_embedded(folder)
    async with AsyncExitStack() as stack:
        stack.callback(server.close)
        pool = await open_pool(server.url, 4)
        await stack.enter_async_context(pool)
        await migrate(pool)
        async with pool.connection() as conn:
            await seed(conn)
            await conn.execute(
                "with lead as (insert into leads (channel, chat, name, stage, course_id) select 'telegram', %s, 'Ana', "
                "'conversation', min(id) from courses returning id) insert into consents (lead_id, kind, granted, "
                "text_version, at, key) select id, 'talk', true, 'test', now(), 'test' from lead",
                (str(CHAT),),
            )
        blocker = await stack.enter_async_context(await psycopg.AsyncConnection.connect(server.url))
        telegram = await stack.enter_async_context(FakeTelegram())
        model = await stack.enter_async_context(FakeOpenAI(respond=script(Answer(text=REPLY))))
        yield World(folder, pool, blocker, telegram, model)


async def before_the_answer(world: World) -> None:
    """The model was asked and has not answered."""
    world.model.respond = script(Answer(ending=Ending.NEVER), Answer(text=REPLY))
    await world.telegram.user(CHAT).says(QUESTION)
    await met(lambda: world.model.count > 0)


async def after_the_answer(world: World) -> None:
    """The model has answered, and nothing is written."""
    await world.hold("checkpoints")
    await world.telegram.user(CHAT).says(QUESTION)
    await world.held_up()


async def after_the_checkpoint(world: World) -> None:
    """The state is written, with the turn's rows, and the queue does not know it: its job cannot be ended.

    Telegram takes nothing meanwhile, so that no message is in flight.
    """
    world.telegram.fail("sendMessage", Fault(delay=30, drop=True))
    world.model.hold()
    await world.telegram.user(CHAT).says(QUESTION)
    await met(lambda: world.model.count > 0)
    await world.hold("procrastinate_jobs")
    world.model.release()
    await until(world.pool, "select exists (select from checkpoints)")


async def after_the_outbox(world: World) -> None:
    """Everything is written, and Telegram has not taken the message."""
    world.telegram.fail("sendMessage", Fault(delay=30, drop=True))
    await world.telegram.user(CHAT).says(QUESTION)
    await met(lambda: bool(world.telegram.called("sendMessage")))


async def during_delivery(world: World) -> None:
    """Telegram has taken the message, and nobody noted it."""
    world.telegram.fail("sendMessage", Fault(accept=True, delay=30, drop=True))
    await world.telegram.user(CHAT).says(QUESTION)
    await met(lambda: bool(world.telegram.texts(CHAT)))


@dataclass(frozen=True)
class Outcome:
    """What was left after the crash, the second start and one more question."""

    texts: list[str]
    asked: int
    waiting: object
    heard: object
    turns_twice: object
    milestones: object


async def outcome(point: Callable[[World], Awaitable[None]], folder: Path, room: asyncio.Semaphore) -> Outcome:
    """Crash at a point, start again, and let the turn be answered. `room` is for so many crashes at once."""
    async with room, world(folder) as made:
        async with made.running() as process:
            await point(made)
            await process.kill()
        await made.release()
        async with made.running() as process:
            try:
                await until(made.pool, "select bool_and(done_at is not null) from inbox")
                await until(made.pool, "select bool_and(status = 'sent') from outbox")
            except TimeoutError:
                pytest.fail("\n".join(process.lines))
            await process.stop()
        return Outcome(
            texts=made.telegram.texts(CHAT),
            asked=made.model.count,
            waiting=await value(made.pool, "select count(*) from inbox where done_at is null"),
            heard=await value(made.pool, "select count(*) from messages where author = 'lead'"),
            turns_twice=await value(
                made.pool,
                "select count(*) from (select from selections group by turn_id having count(*) > 1) as twice",
            ),
            milestones=await value(made.pool, "select count(*) from events where kind = 'ai_engaged'"),
        )


POINTS = {
    point.__name__: point
    for point in (before_the_answer, after_the_answer, after_the_checkpoint, after_the_outbox, during_delivery)
}


@pytest.fixture(scope="module")
async def outcomes() -> dict[str, Outcome]:
    """What came of every crash."""
    with ExitStack() as stack:
        folders = [stack.enter_context(data_folder()) for _ in POINTS]
        room = asyncio.Semaphore(2)
        crashes = (outcome(point, folder, room) for point, folder in zip(POINTS.values(), folders, strict=True))
        return dict(zip(POINTS, await asyncio.gather(*crashes), strict=True))


@pytest.mark.parametrize("point", POINTS)
async def test_no_message_is_lost_and_no_event_written_twice(outcomes: dict[str, Outcome], point: str) -> None:
    after = outcomes[point]
    assert REPLY in after.texts
    assert (after.waiting, after.heard, after.turns_twice, after.milestones) == (0, 1, 0, 1)


@pytest.mark.parametrize("point", [name for name in POINTS if name != "during_delivery"])
async def test_what_was_not_delivered_is_said_once(outcomes: dict[str, Outcome], point: str) -> None:
    assert outcomes[point].texts.count(REPLY) == 1


async def test_only_the_message_in_flight_may_be_repeated(outcomes: dict[str, Outcome]) -> None:
    assert 1 <= outcomes["during_delivery"].texts.count(REPLY) <= 2


@pytest.mark.parametrize("point", ["after_the_checkpoint", "after_the_outbox", "during_delivery"])
async def test_the_answer_is_not_paid_twice_after_the_checkpoint(outcomes: dict[str, Outcome], point: str) -> None:
    assert outcomes[point].asked == 1


@pytest.mark.parametrize("point", ["before_the_answer", "after_the_answer"])
async def test_before_the_checkpoint_the_model_is_asked_again(outcomes: dict[str, Outcome], point: str) -> None:
    assert outcomes[point].asked == 2
