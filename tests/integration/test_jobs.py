"""The jobs, done by real workers on a real database."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, pairwise
from time import monotonic
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from agent.checkpoints import PooledSaver
from agent.turn import Brenda
from channels.jobs.broom import Broom
from channels.jobs.desk import MOST_ATTEMPTS, MOST_PAUSES, Desk
from channels.jobs.follow_ups import follow_ups_of
from channels.jobs.tasks import register
from channels.jobs.worker import run_worker
from core.background import beside
from core.db import follow_ups, handoffs, inbox, people
from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.promises import FollowUpStatus
from core.integrations.queue import Job
from tests.brendas import COURSE, MovedClock, Talk, brenda_on, queue_on
from tests.databases import cloned_pool
from tests.fakes.openai_server import Answer, Body, FakeOpenAI
from tests.processes import until
from tests.worlds import insert

REPLY = "Es para quien quiere usar estas herramientas en su trabajo. ¿A qué te dedicas tú?"
LATENCY = 0.3
_numbers = count(1)


@dataclass(frozen=True)
class Office:
    """A desk on a database, and what a test does there."""

    desk: Desk
    pool: Pool

    @property
    def brenda(self) -> Brenda:
        return self.desk.brenda

    @property
    def clock(self) -> MovedClock:
        clock = self.brenda.clock
        assert isinstance(clock, MovedClock)
        return clock

    async def receive(self, chat: str, given: Input | str, queued: bool = True, at: datetime | None = None) -> None:
        """Store an input as a channel does."""
        given = Input(kind=InputKind.TEXT, text=given) if isinstance(given, str) else given
        async with self.pool.connection() as conn, conn.transaction():
            await inbox.store(conn, "telegram", next(_numbers), chat, given, now=at or self.clock())
            if queued:
                await self.desk.queue.turn(conn, "telegram", chat)

    async def hear(self, chat: str, *given: Input | str) -> None:
        """Receive and answer, one after another."""
        for each in given:
            await self.receive(chat, each, queued=False)
            await self.desk.answer("telegram", chat)

    async def meet(self, chat: str, stage: Stage = Stage.CONVERSATION) -> dict[str, Any]:
        """A lead who is already in a stage."""
        return await insert(self.pool, "leads", {"channel": "telegram", "chat": chat, "name": "Ana", "stage": stage})

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []

    async def said(self, chat: str) -> list[str]:
        found = await self.rows("select message->>'text' as text from outbox where chat = %s order by id", chat)
        return [row["text"] for row in found]

    async def queued(self, job: Job) -> list[dict[str, Any]]:
        return await self.rows("select * from procrastinate_jobs where task_name = %s order by id", job.value)


@asynccontextmanager
async def office_on(pool: Pool, fake: FakeOpenAI | None = None) -> AsyncIterator[Office]:
    async with queue_on(pool) as queue, brenda_on(pool, queue, fake) as brenda:
        desk = Desk(brenda, queue, PooledSaver(pool), lambda _: nullcontext(), lambda: None, timedelta())
        yield Office(desk, pool)


@asynccontextmanager
async def working(desk: Desk) -> AsyncIterator[None]:
    """A worker at this desk."""
    register(desk.queue.app, lambda: desk)
    async with beside(run_worker(desk.queue.app, 16, "test")):
        yield


@pytest.fixture
async def office(database: Pool) -> AsyncIterator[Office]:
    async with office_on(database) as made:
        yield made


async def test_a_burst_gets_one_answer(database: Pool) -> None:
    async with FakeOpenAI(respond=lambda _: Answer(text=REPLY)) as fake, office_on(database, fake) as office:
        late = ["¿y cuánto dura?", "perdón, son muchas preguntas"]
        pauses: list[float] = []

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            office.clock.move(seconds=seconds)
            if late:
                await office.receive("7", late.pop(0), queued=False)

        await office.meet("7")
        await office.receive("7", "¿Para quién es este curso?", queued=False)
        await replace(office.desk, quiet=timedelta(seconds=1), sleep=sleep).answer("telegram", "7")
        assert pauses == [1.0, 1.0, 1.0]
        heard = await office.rows("select turn_id from messages where author = 'lead'")
        assert (len(heard), len({row["turn_id"] for row in heard}), fake.count) == (3, 1, 1)


async def test_who_never_stops_typing_is_answered_in_between(office: Office) -> None:
    async def sleep(seconds: float) -> None:
        office.clock.move(seconds=seconds)
        if len(await office.rows("select id from inbox")) < 40:
            await office.receive("7", "otra cosa", queued=False)

    await office.meet("7")
    await office.receive("7", "hola", queued=False)
    await replace(office.desk, quiet=timedelta(seconds=1), sleep=sleep).answer("telegram", "7")
    answered = await office.rows("select count(*) as rows from inbox group by turn_id")
    assert answered == [{"rows": MOST_PAUSES + 1}]
    assert await office.rows("select id from inbox where done_at is null") == []


async def test_two_workers_answer_every_chat_in_order_and_never_one_chat_at_once(
    postgres: EmbeddedPostgres, seeded_template: str
) -> None:
    """The first chat that asks gets no answer before another has asked too."""
    asked: dict[str, list[float]] = defaultdict(list)
    waiting: list[int] = []

    def respond(body: Body) -> Answer:
        words = next(message["content"] for message in reversed(body["messages"]) if message["role"] == "user")
        asked[words.split()[-1]].append(monotonic())
        if len(asked) == 1:
            fake.hold()
        elif not waiting:
            waiting.append(fake.waiting)
            fake.release()
        return Answer(text=REPLY, latency=LATENCY)

    chats = [f"chat{number}" for number in range(5)]
    async with (
        FakeOpenAI(respond=respond) as fake,
        cloned_pool(postgres, seeded_template) as pool,
        office_on(pool, fake) as office,
        office_on(pool, fake) as other,
        working(office.desk),
        working(other.desk),
    ):
        for chat in chats:
            await office.meet(chat)
            await office.receive(chat, f"¿Para quién es este curso? {chat}")
        await until(pool, "select count(turn_id) = 5 from inbox")
        for place, chat in enumerate(chats):
            await (office, other)[place % 2].receive(chat, f"¿Y qué nivel pide el curso? {chat}")
        await until(pool, "select bool_and(done_at is not null) from inbox")
        for chat in chats:
            turns = await office.rows(
                "select text from messages join leads on lead_id = leads.id where chat = %s and author = 'lead' "
                "order by messages.id",
                chat,
            )
            assert [row["text"] for row in turns] == [
                f"¿Para quién es este curso? {chat}",
                f"¿Y qué nivel pide el curso? {chat}",
            ]
    assert set(asked) == set(chats)
    gaps = [later - earlier for times in asked.values() for earlier, later in pairwise(times)]
    assert min(gaps) >= LATENCY, "one chat was answered twice at once"
    assert waiting == [1], "the chats waited for each other"


async def test_a_hand_off_ends_at_its_deadline_and_not_before(office: Office) -> None:
    pressed = Input(kind=InputKind.BUTTON, action="consent.accept")
    await office.hear("7", COURSE, pressed, "Ana", Input(kind=InputKind.COMMAND, action="asesor"))
    [job] = await office.queued(Job.HAND_BACK)
    [row] = await office.rows("select id, deadline_at from handoffs")
    assert (job["args"], job["scheduled_at"]) == ({"handoff": row["id"]}, row["deadline_at"])
    office.clock.move(minutes=30)
    async with office.pool.connection() as conn:
        taken = await handoffs.take(conn, row["id"], None, office.clock(), timedelta(minutes=60))
    assert taken
    office.clock.now = row["deadline_at"]
    await office.desk.hand_back(row["id"])
    assert (await office.queued(Job.HAND_BACK))[-1]["scheduled_at"] == taken.deadline_at
    assert await office.queued(Job.TURN) == []
    office.clock.now = taken.deadline_at
    before = await office.said("7")
    for _ in range(2):
        await office.desk.hand_back(row["id"])
    assert len(await office.queued(Job.TURN)) == 1
    await office.desk.answer("telegram", "7")
    assert len(await office.said("7")) == len(before) + 1
    assert [each["stage"] for each in await office.rows("select stage from leads")] == ["conversation"]
    assert [each["status"] for each in await office.rows("select status from handoffs")] == ["timed_out"]


async def test_a_hand_back_of_nothing_does_nothing(office: Office) -> None:
    await office.desk.hand_back(404)
    assert await office.queued(Job.TURN) == []


async def planned(office: Office, stage: Stage = Stage.CONVERSATION, **lead: object) -> int:
    """A follow-up that is due now."""
    row = await office.meet(f"chat-{next(_numbers)}", stage)
    tick = {"lead_id": row["id"], "kind": "talk", "granted": True, "text_version": "v", "at": office.clock()}
    await insert(office.pool, "consents", tick | {"key": f"talk:{row['id']}"})
    if lead:
        await office.rows("update leads set blocked_at = now()")
    async with office.pool.connection() as conn:
        made = await follow_ups.plan(
            conn, key="k", turn_id="t", lead_id=row["id"], kind="asked", note="el horario", due_at=office.clock()
        )
    return int(made.id)


async def test_a_follow_up_is_really_sent_and_sent_once(office: Office) -> None:
    number = await planned(office)
    async with office.pool.connection() as conn:
        for _ in range(2):
            await office.desk.queue.defer(conn, Job.FOLLOW_UP, at=office.clock(), follow_up=number)
    async with working(office.desk):
        await until(office.pool, "select count(*) = 0 from procrastinate_jobs where task_name = 'brenda.follow_up'")
    [said] = await office.rows("select message->>'text' as text, lead_id, prompt_hash from outbox")
    assert "el horario" in said["text"]
    assert said["lead_id"]
    assert [row["status"] for row in await office.rows("select status from follow_ups")] == [FollowUpStatus.SENT]


@pytest.mark.parametrize(
    ("stage", "lead", "reason"),
    [
        (Stage.OPTED_OUT, {}, "opted_out"),
        (Stage.HANDOFF, {}, "human_in_charge"),
        (Stage.CONVERSATION, {"blocked": True}, "blocked"),
    ],
)
async def test_a_follow_up_that_something_speaks_against_is_withheld_with_the_reason(
    office: Office, stage: Stage, lead: dict[str, object], reason: str
) -> None:
    await follow_ups_of(office.desk).attend(await planned(office, stage, **lead))
    assert await office.rows("select status, reason from follow_ups") == [{"status": "withheld", "reason": reason}]
    assert await office.rows("select id from outbox") == []


async def test_a_follow_up_of_an_erased_lead_is_gone(office: Office) -> None:
    number = await planned(office)
    await office.rows("delete from leads")
    await follow_ups_of(office.desk).attend(number)
    assert await office.rows("select id from outbox") == []


async def die_with(office: Office, job: Job) -> None:
    """As if a worker had been killed while it did these jobs."""
    [row] = await office.rows(
        "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
    )
    await office.rows(
        "update procrastinate_jobs set status = 'doing', worker_id = %s where task_name = %s", row["id"], job.value
    )


async def test_the_jobs_of_a_dead_worker_are_done_by_another(office: Office) -> None:
    await office.meet("7")
    await office.receive("7", "¿Para quién es este curso?")
    await die_with(office, Job.TURN)
    await asyncio.gather(*(Broom(office.desk).sweep() for _ in range(3)))
    assert [row["status"] for row in await office.queued(Job.TURN)] == ["todo"]
    async with working(office.desk):
        await until(office.pool, "select bool_and(done_at is not null) from inbox")
    assert len(await office.said("7")) >= 1


async def test_who_was_forgotten_is_queued_once(office: Office) -> None:
    old, now = office.clock() - timedelta(hours=1), office.clock()
    await office.receive("forgotten", "hola", queued=False, at=old)
    await office.receive("queued", "hola", queued=True, at=old)
    await office.receive("new", "hola", queued=False, at=now)
    for _ in range(3):
        await Broom(office.desk).sweep()
    assert sorted(row["args"]["chat"] for row in await office.queued(Job.TURN)) == ["forgotten", "queued"]


async def test_a_turn_that_fails_again_and_again_is_given_up_with_an_apology(office: Office) -> None:
    await office.meet("7")
    await office.receive("7", "¿Para quién es este curso?", queued=False)
    await office.rows("alter table selections rename to hidden")
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(psycopg.errors.UndefinedTable):
            await office.desk.answer("telegram", "7")
    assert await office.said("7") == []
    await office.desk.answer("telegram", "7")
    [apology] = await office.said("7")
    assert "/asesor" in apology or "minutos" in apology
    await office.rows("alter table hidden rename to selections")
    await office.hear("7", "¿Sigues ahí? ¿Qué nivel pide el curso?")
    assert len(await office.said("7")) > 1


async def test_tidying_keeps_the_last_checkpoint_and_what_still_matters(office: Office) -> None:
    talk = await Talk(office.brenda).reaches(Stage.CONVERSATION)
    for _ in range(9):
        await talk.says("¿cuánto dura el curso?")
    counted = "select count(*) as rows from checkpoints where thread_id = %s"
    [before] = await office.rows(counted, talk.thread)
    assert before["rows"] > 10
    kept, now = await office.rows("select id from outbox"), office.clock()
    gone = {"channel": "telegram", "chat": "x", "turn_id": "t", "message": "{}", "status": "sent"}
    await insert(office.pool, "outbox", gone | {"key": "old", "created_at": now - timedelta(days=2)})
    await insert(office.pool, "outbox", gone | {"key": "new", "created_at": now})
    await Broom(office.desk).tidy()
    assert await office.rows(counted, talk.thread) == [{"rows": 1}]
    assert len(await office.rows("select id from outbox")) == len(kept) + 1
    assert (await talk.says("¿y cuánto cuesta?")).stage is Stage.CONVERSATION
    async with office.pool.connection() as conn:
        assert await people.by_id(conn, (await talk.lead())["id"])


async def test_tidying_strikes_out_old_letters_and_keeps_what_failed(office: Office) -> None:
    pool, now = office.brenda.pool, office.clock()
    lead = await insert(pool, "leads", {"channel": "telegram", "chat": "901"})
    mail = {"template": "receipt", "variables": {"to": "ana@example.org"}, "mail": {"to": "ana@example.org"}}
    old = {"not_before": now - timedelta(days=91), "created_at": now - timedelta(days=91)}
    for channel, status, times in (
        ("email", "recorded", old),
        ("crm", "sent", old),
        ("email", "failed", old),
        ("telegram", "sent", old),
        ("email", "sent", {"not_before": now, "created_at": now}),
    ):
        row = {"channel": channel, "chat": "x", "lead_id": lead["id"], "turn_id": "t", "message": Jsonb(mail)}
        await insert(
            pool, "outbox", row | times | {"status": status, "key": f"{channel}:{status}:{times['created_at']}"}
        )
    for _ in range(2):
        await Broom(office.desk).tidy()
    rows = await office.rows("select channel, status, message from outbox where turn_id = 't' order by id")
    emptied = [(row["channel"], row["status"]) for row in rows if "ana@" not in str(row["message"])]
    assert emptied == [("email", "recorded"), ("crm", "sent")]
    assert rows[0]["message"] == {"emptied": True, "template": "receipt"}
