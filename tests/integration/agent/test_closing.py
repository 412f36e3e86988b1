"""Closing a turn: all of it or nothing, and only one of two workers."""

import asyncio
from datetime import timedelta

import pytest

from core.db import people
from core.db.pool import Pool
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind, Outgoing
from core.domain.people import Lead
from core.domain.turn import Event, TurnResult
from core.integrations.links import LinkSigner
from core.integrations.queue import Job
from tests.brendas import ADVISOR, Talk, brenda_on, queue_on
from tests.demos import invite, make_host
from tests.worlds import insert


async def rival_results(talk: Talk) -> tuple[TurnResult, TurnResult]:
    """Two different ends of one turn, as two workers that both asked a model would have them."""
    await talk.reaches(Stage.CONVERSATION)
    base = await talk.says("¿para quién es?")
    first = base.model_copy(
        update={"turn_id": f"{talk.thread}:rival", "outgoing": (Outgoing(text="uno"),), "stage": Stage.DEMO}
    )
    second = first.model_copy(
        update={
            "outgoing": (Outgoing(text="otro"), Outgoing(text="otro más")),
            "stage": Stage.CHECKOUT,
            "events": (*first.events, Event(kind="only_second"), Event(kind="only_second_too")),
        }
    )
    return first, second


async def close(talk: Talk, *results: TurnResult) -> None:
    prompts = talk.brenda.prompts.current
    lead = (await talk.brenda.open_context(talk.request(Input(kind=InputKind.TEXT)))).lead
    await asyncio.gather(*(talk.brenda.closer.close(lead, result, prompts) for result in results))


async def spoken(talk: Talk) -> list[str]:
    messages = [row for row in await talk.rows("messages") if row["turn_id"].endswith(":rival")]
    outbox = [row for row in await talk.rows("outbox") if row["turn_id"].endswith(":rival") and row["channel"] != "crm"]
    said = [row["text"] for row in messages if row["author"] == "brenda"]
    assert [row["message"]["text"] for row in outbox] == said
    return said


async def test_who_comes_second_writes_nothing(talk: Talk) -> None:
    first, second = await rival_results(talk)
    await close(talk, first)
    await close(talk, second)
    assert await spoken(talk) == ["uno"]
    assert (await talk.lead())["stage"] == "demo"
    assert not await talk.events("only_second")


async def test_two_workers_at_once_are_never_mixed(talk: Talk) -> None:
    first, second = await rival_results(talk)
    await close(talk, first, second, first, second)
    said, stage = await spoken(talk), (await talk.lead())["stage"]
    assert (said, stage) in ((["uno"], "demo"), (["otro", "otro más"], "checkout"))
    assert len(await talk.events("only_second")) == (stage == "checkout")


async def jobs(talk: Talk, job: Job) -> list[dict[str, object]]:
    query = "select args, scheduled_at from procrastinate_jobs where task_name = %s order by id"
    return await talk.query(query, job.value)


async def test_a_promised_message_has_a_job_for_its_moment(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.says("escríbeme en 3 horas por favor")
    [planned] = await talk.rows("follow_ups")
    found = [job for job in await jobs(talk, Job.FOLLOW_UP) if job["args"] == {"follow_up": planned["id"]}]
    assert [job["scheduled_at"] for job in found] == [planned["due_at"]]


async def test_who_leaves_gets_no_message_that_was_planned(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.says("escríbeme en 3 horas por favor")
    await talk.commands("baja")
    assert [(row["status"], row["reason"]) for row in await talk.rows("follow_ups")] == [("cancelled", "opted_out")]


async def test_a_hand_off_has_a_notice_for_each_advisor_and_a_job_that_ends_it(talk: Talk) -> None:
    await talk.reaches(Stage.HANDOFF)
    [handoff] = await talk.rows("handoffs")
    notices = [row for row in await talk.rows("outbox") if row["about_handoff"] == handoff["id"]]
    assert {row["chat"] for row in notices} == {ADVISOR, "consola:asesora"}
    assert all("Ana" in row["message"]["text"] for row in notices)
    found = [job for job in await jobs(talk, Job.HAND_BACK) if job["args"] == {"handoff": handoff["id"]}]
    assert [job["scheduled_at"] for job in found] == [handoff["deadline_at"]]


@pytest.mark.parametrize("inputs", [("hola",), ("hola", "buenas")])
async def test_everything_heard_and_said_is_on_record(talk: Talk, inputs: tuple[str, ...]) -> None:
    result = await talk.says(*inputs)
    rows = await talk.rows("messages")
    assert [row["text"] for row in rows if row["author"] == "lead"] == list(inputs)
    assert [row["text"] for row in rows if row["author"] == "brenda"] == [each.text for each in result.outgoing]
    assert {row["created_at"] for row in rows} == {result.at}


async def test_who_is_erased_frees_their_demo_and_the_advisors_hear_no_name(database: Pool) -> None:
    async with queue_on(database) as queue, brenda_on(database, queue) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        await talk.query("update leads set channel = 'telegram'")
        await insert(database, "advisors", {"name": "Rosa", "chat": "900"})
        lead = await _booked(talk)
        result = (await rival_results(talk))[0].model_copy(update={"erase": True})
        await brenda.closer.close(lead, result, brenda.prompts.current)
        assert await talk.query("select from bookings") == []
        told = await talk.query("select message->>'text' as text from outbox where chat = '900' and lead_id is null")
    assert ["vuelve a quedar libre" in row["text"] for row in told] == [True]
    assert "Ana" not in told[0]["text"]


async def _booked(talk: Talk) -> Lead:
    """The person, who has a demo tomorrow."""
    pool, found = talk.brenda.pool, await talk.lead()
    async with pool.connection() as conn:
        lead = await people.by_id(conn, found["id"])
    assert lead
    guest = await invite(pool, LinkSigner("k" * 32, "http://127.0.0.1", talk.clock), talk.clock(), lead=lead)
    start = talk.clock() + timedelta(days=1)
    row = {"demo_link_id": guest.link.id, "lead_id": lead.id, "course_id": guest.link.course_id}
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=30), "created_at": talk.clock()}
    more = {"host_id": await make_host(pool), "visitor_timezone": "UTC", "calendar_uid": "u", "provider": "own"}
    await insert(pool, "bookings", row | times | more | {"key": "k"})
    return lead
