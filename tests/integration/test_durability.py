"""The process is killed at each point of a turn, and started again: nothing is lost, paid twice or said twice.

The points are found from outside: a model that does not answer, a table that another session holds, a Telegram that
does not confirm. Each point has a person of its own, and the start after one crash is the start before the next.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
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

QUESTION = "¿Para quién es este curso?"
REPLY = "Es para quien quiere usar estas herramientas en su trabajo de cada día. ¿A qué te dedicas tú?"


@dataclass
class World:
    """One Brenda with her fakes, and the `chat` of a person; `blocker` is another session of the database."""

    chat: int
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

    async def asks(self) -> None:
        """The person writes."""
        await self.telegram.user(self.chat).says(QUESTION)

    def sends(self) -> int:
        """How often Telegram was to send them something."""
        return sum(int(fields["chat_id"]) == self.chat for fields in self.telegram.called("sendMessage"))

    async def until(self, condition: str, seconds: float = 150) -> None:
        """Wait until something is so of this chat, which the condition calls %s."""
        await until(self.pool, condition, str(self.chat), seconds=seconds)

    async def count(self, query: str) -> object:
        """A number of this chat, which the query calls %s."""
        return await value(self.pool, query, str(self.chat))

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
    """A Brenda who does not run yet, and whom nobody has written to."""
    server = start_embedded(folder)
    async with AsyncExitStack() as stack:
        stack.callback(server.close)
        pool = await open_pool(server.url, 4)
        await stack.enter_async_context(pool)
        await migrate(pool)
        async with pool.connection() as conn:
            await seed(conn)
        blocker = await stack.enter_async_context(await psycopg.AsyncConnection.connect(server.url))
        telegram = await stack.enter_async_context(FakeTelegram())
        model = await stack.enter_async_context(FakeOpenAI(respond=script(Answer(text=REPLY))))
        yield World(0, folder, pool, blocker, telegram, model)


async def person(world: World, chat: int) -> World:
    """The world of one more person, who is in the middle of a conversation."""
    async with world.pool.connection() as conn:
        await conn.execute(
            "with lead as (insert into leads (channel, chat, name, stage, course_id) select 'telegram', %s, 'Ana', "
            "'conversation', min(id) from courses returning id) insert into consents (lead_id, kind, granted, "
            "text_version, at, key) select id, 'talk', true, 'test', now(), id::text from lead",
            (str(chat),),
        )
    return replace(world, chat=chat)


async def before_the_answer(world: World) -> None:
    """The model was asked and has not answered."""
    world.model.respond = script(Answer(ending=Ending.NEVER), Answer(text=REPLY))
    asked = world.model.count
    await world.asks()
    await met(lambda: world.model.count > asked)


async def after_the_answer(world: World) -> None:
    """The model has answered, and nothing is written."""
    await world.hold("checkpoints")
    await world.asks()
    await world.held_up()


async def after_the_checkpoint(world: World) -> None:
    """The state is written, with the turn's rows, and the queue does not know it: its job cannot be ended.

    Telegram takes nothing meanwhile, so that no message is in flight.
    """
    world.telegram.fail("sendMessage", Fault(delay=30, drop=True))
    world.model.hold()
    asked = world.model.count
    await world.asks()
    await met(lambda: world.model.count > asked)
    await world.hold("procrastinate_jobs")
    world.model.release()
    await world.until("select exists (select from checkpoints where thread_id = 'telegram:' || %s)")


async def after_the_outbox(world: World) -> None:
    """Everything is written, and Telegram has not taken the message."""
    world.telegram.fail("sendMessage", Fault(delay=30, drop=True))
    await world.asks()
    await met(lambda: world.sends() > 0)


async def during_delivery(world: World) -> None:
    """Telegram has taken the message, and nobody noted it."""
    world.telegram.fail("sendMessage", Fault(accept=True, delay=30, drop=True))
    await world.asks()
    await met(lambda: bool(world.telegram.texts(world.chat)))


@dataclass(frozen=True)
class Outcome:
    """What was left of one person's turn after the crash and the second start."""

    texts: list[str]
    asked: int
    waiting: object
    heard: object
    turns_twice: object
    milestones: object


HEARD = "select count(*) from messages join leads on leads.id = lead_id where author = 'lead' and chat = %s"
TURNS_TWICE = """
select count(*) from
    (select from selections join leads on leads.id = lead_id where chat = %s group by turn_id having count(*) > 1) as t
"""
MILESTONES = "select count(*) from events join leads on leads.id = lead_id where kind = 'ai_engaged' and chat = %s"
Point = Callable[[World], Awaitable[None]]


async def answered(world: World, process: Process) -> None:
    """Wait until the person has their answer."""
    try:
        await world.until("select bool_and(done_at is not null) from inbox where chat = %s")
        await world.until("select bool_and(status = 'sent') from outbox where chat = %s")
    except TimeoutError:
        pytest.fail("\n".join(process.lines))


async def outcome(world: World, asked: int) -> Outcome:
    """What came of a person's turn; `asked`: how often the model had been asked before."""
    return Outcome(
        texts=world.telegram.texts(world.chat),
        asked=world.model.count - asked,
        waiting=await world.count("select count(*) from inbox where done_at is null and chat = %s"),
        heard=await world.count(HEARD),
        turns_twice=await world.count(TURNS_TWICE),
        milestones=await world.count(MILESTONES),
    )


POINTS = {
    point.__name__: point
    for point in (before_the_answer, after_the_answer, after_the_checkpoint, after_the_outbox, during_delivery)
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


@pytest.fixture(scope="module")
async def outcomes(folder: Path) -> dict[str, Outcome]:
    """What came of every crash."""
    found: dict[str, Outcome] = {}
    async with world(folder) as made, AsyncExitStack() as last:
        process = await last.enter_async_context(made.running())
        for chat, (name, point) in enumerate(POINTS.items(), start=4242):
            theirs, asked = await person(made, chat), made.model.count
            await point(theirs)
            await process.kill()
            await made.release()
            process = await last.enter_async_context(made.running())
            await answered(theirs, process)
            found[name] = await outcome(theirs, asked)
        await process.stop()
    return found


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
