"""The record of a turn."""

import json
from typing import Any

from psycopg import sql

from core.db import people, prompt_versions, turns
from core.db.pool import Pool
from core.domain.evidence import Fact, FactKind
from core.domain.funnel import Milestone, Stage
from core.domain.messages import Outgoing
from core.domain.people import ConsentKind, Lead
from core.domain.tools import ToolCall
from core.domain.turn import ConsentChange, Event, LeadChange, Selection, TurnResult
from tests.deals import HOSTILE, NOW
from tests.worlds import make_course, make_lead

HASH = "a" * 64
SELECTION = Selection(
    stage=Stage.CONVERSATION,
    arm="consultative",
    eligible=("show_syllabus", "present_offer"),
    offered=("show_syllabus",),
    refused={"present_offer": "not_live"},
    probabilities={"show_syllabus": 0.75, "none": 0.25},
    suggestion="show_syllabus",
    propensity=0.75,
    exploration_floor=0.05,
    score=0.4,
    predictor="scorecard",
    features={"intent": "price"},
)


def result(turn_id: str = "t1", **fields: Any) -> TurnResult:
    """A turn in which everything happened."""
    given: dict[str, Any] = {
        "turn_id": turn_id,
        "at": NOW,
        "stage": Stage.CONVERSATION,
        "heard": ("hola", "¿cuánto cuesta?"),
        "outgoing": (Outgoing(text="Hola."), Outgoing(text="Cuesta 300 USD.")),
        "events": (Event(kind=Milestone.AI_ENGAGED, once=True), Event(kind="tool_used", payload={"tool": "x"})),
        "consents": (ConsentChange(kind=ConsentKind.TALK, granted=True, text_version="v1"),),
        "lead": LeadChange(name="Ana", campaign="NAVIDAD"),
        "selection": SELECTION,
        "calls": (ToolCall(name="show_syllabus", args={}),),
        "evidence": (Fact(key="course.price", kind=FactKind.MONEY, value="300", unit="USD", source="courses:1"),),
        "sources": ("courses:1",),
        "model": "embedded",
        "prompt_hash": HASH,
        "arm": "consultative",
        "experiment": "tone",
    }
    return TurnResult(**(given | fields))


async def record(pool: Pool, lead: Lead, turn: TurnResult) -> bool:
    async with pool.connection() as conn, conn.transaction():
        return await turns.record(conn, lead.id, turn)


async def rows(pool: Pool, table: str) -> list[dict[str, Any]]:
    async with pool.connection() as conn:
        query = sql.SQL("select * from {} order by 1").format(sql.Identifier(table))
        return await (await conn.execute(query)).fetchall()


async def test_a_turn_is_written_whole(empty_database: Pool) -> None:
    course = await make_course(empty_database)
    lead = await make_lead(empty_database, NOW, course)
    async with empty_database.connection() as conn:
        await prompt_versions.keep(conn, HASH, {"persona.md.j2": "Eres Brenda."})
    assert await record(empty_database, lead, result())
    said = await rows(empty_database, "messages")
    assert [(row["author"], row["text"], row["prompt_hash"], row["model"]) for row in said] == [
        ("lead", "hola", None, None),
        ("lead", "¿cuánto cuesta?", None, None),
        ("brenda", "Hola.", HASH, "embedded"),
        ("brenda", "Cuesta 300 USD.", HASH, "embedded"),
    ]
    assert said[2]["payload"]["evidence"] == ["courses:1"]
    assert {row["key"] for row in await rows(empty_database, "events")} == {f"{lead.id}:ai_engaged", "t1:1"}
    [chosen] = await rows(empty_database, "selections")
    assert (chosen["propensity"], chosen["called"], chosen["refused"]) == (
        0.75,
        ["show_syllabus"],
        {"present_offer": "not_live"},
    )
    [assigned] = await rows(empty_database, "assignments")
    assert (assigned["arm"], assigned["exposed_at"]) == ("consultative", NOW)
    async with empty_database.connection() as conn:
        known = await people.by_id(conn, lead.id)
        assert known
        assert (known.name, known.campaign, known.course_id) == ("Ana", "NAVIDAD", course)
        assert known.consents == {ConsentKind.TALK}
        assert await turns.is_recorded(conn, "t1")
        assert not await turns.is_recorded(conn, "t2")


async def test_a_turn_is_recorded_once_and_a_milestone_once_in_a_life(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    assert await record(empty_database, lead, result())
    assert not await record(empty_database, lead, result(outgoing=(Outgoing(text="Otra respuesta."),)))
    assert await record(empty_database, lead, result("t2", arm="control"))
    assert [row["text"] for row in await rows(empty_database, "messages")].count("Otra respuesta.") == 0
    assert len([row for row in await rows(empty_database, "events") if row["kind"] == "ai_engaged"]) == 1
    assert [row["arm"] for row in await rows(empty_database, "assignments")] == ["consultative"]
    assert len(await rows(empty_database, "selections")) == 2
    async with empty_database.connection() as conn:
        assert await turns.count(conn, lead.channel, lead.chat) == 2
        assert await turns.count(conn, lead.channel, "nobody") == 0


async def test_a_turn_closes_the_rows_that_it_answered(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    async with empty_database.connection() as conn:
        for number, turn_id in enumerate(["t1", "t1", "t2", None]):
            await conn.execute(
                "insert into inbox (channel, update_id, chat, input, turn_id) values ('console', %s, %s, '{}', %s)",
                (number, lead.chat, turn_id),
            )
    await record(empty_database, lead, result())
    assert [row["done_at"] for row in await rows(empty_database, "inbox")] == [NOW, NOW, None, None]


async def test_what_a_turn_did_not_learn_stays(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW, await make_course(empty_database))
    await record(empty_database, lead, result())
    await record(empty_database, lead, result("t2", lead=LeadChange(), selection=None, stage=Stage.DEMO))
    [row] = await rows(empty_database, "leads")
    assert (row["name"], row["campaign"], row["course_id"], row["stage"]) == ("Ana", "NAVIDAD", lead.course_id, "demo")
    assert len(await rows(empty_database, "selections")) == 1


async def test_hostile_words_are_data(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    words = tuple(word.replace("\x00", "") for word in HOSTILE)
    await record(empty_database, lead, result(heard=words))
    heard = [row["text"] for row in await rows(empty_database, "messages") if row["author"] == "lead"]
    assert heard == list(words)


async def test_the_newest_chat_of_a_name(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        assert await turns.latest_chat(conn, "console", "ana") is None
        for chat in ("ana", "ana#1", "anabel", "ana%"):
            await conn.execute("insert into leads (channel, chat) values ('console', %s)", (chat,))
        assert await turns.latest_chat(conn, "console", "ana") == "ana#1"
        assert await turns.latest_chat(conn, "console", "ana%") == "ana%"
        assert await turns.latest_chat(conn, "telegram", "ana") is None


def test_a_lead_has_one_thread() -> None:
    fields = {"id": "0b5b3b0e-0000-4000-8000-000000000001", "channel": "telegram", "chat": "7"}
    lead = Lead.model_validate_json(
        json.dumps(fields | {"created_at": NOW.isoformat(), "last_seen_at": NOW.isoformat()})
    )
    assert turns.thread_of(lead) == "telegram:7"
