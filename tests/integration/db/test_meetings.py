"""Meetings: the lead of a chat with all that a turn needs, alone or with the turn that waits."""

from datetime import timedelta
from typing import Any

from core.db import inbox, meetings, people
from core.db.meetings import Meeting, Waiting
from core.db.pool import Pool
from core.domain.messages import Input, InputKind
from core.domain.people import ConsentKind
from tests.deals import DAY, NOW, make_offer, sell
from tests.worlds import insert, make_course, make_lead

CHAT = "chat-4242424242"


async def meet(pool: Pool, chat: str = CHAT, samples: bool = False) -> Meeting:
    async with pool.connection() as conn:
        return await meetings.meet(conn, channel="console", chat=chat, samples=samples, now=NOW + DAY)


async def test_a_chat_has_one_lead_however_often_it_is_met(empty_database: Pool) -> None:
    first, again, other = [await meet(empty_database, chat) for chat in (CHAT, CHAT, "otro")]
    assert first.lead == again.lead
    assert other.lead.id != first.lead.id
    assert (first.lead.stage, first.lead.consents, first.lead.blocked) == ("contact", frozenset(), False)
    [trial] = first.enrolment.running
    assert (first.enrolment.arm, trial.experiment) == (None, "tone")
    assert list(trial.arms) == ["aggressive", "consultative", "control"]


async def test_who_writes_again_has_not_blocked_her(empty_database: Pool) -> None:
    lead = (await meet(empty_database)).lead
    async with empty_database.connection() as conn:
        await conn.execute("update leads set blocked_at = now()")
        blocked = await people.by_id(conn, lead.id)
    assert blocked
    assert blocked.blocked
    assert not (await meet(empty_database)).lead.blocked


async def test_the_latest_tick_of_each_kind_counts(empty_database: Pool) -> None:
    lead = (await meet(empty_database)).lead
    for number, (kind, granted) in enumerate(
        [("talk", True), ("marketing", True), ("marketing", False), ("learning", False), ("learning", True)]
    ):
        row = {"lead_id": lead.id, "kind": kind, "granted": granted, "text_version": "v", "key": str(number)}
        await insert(empty_database, "consents", row | {"at": NOW + timedelta(seconds=number // 2)})
    assert (await meet(empty_database)).lead.consents == {ConsentKind.TALK, ConsentKind.LEARNING}


async def test_only_what_is_live_approved_and_left_counts_as_an_offer(empty_database: Pool) -> None:
    async def live(**fields: Any) -> frozenset[str]:
        lead = await make_lead(empty_database, NOW, await make_course(empty_database))
        offer = await make_offer(
            empty_database, lead.course_id or 0, **(fields | {"ends_at": fields.get("ends_at", NOW + 9 * DAY)})
        )
        if fields.get("max_claims"):
            await sell(empty_database, offer, lead.id)
        return (await meet(empty_database, lead.chat)).live_offers

    assert await live() == {"discount"}
    assert await live(kind="bonus", bonus="Plantillas") == {"bonus"}
    assert await live(max_claims=2) == {"discount"}
    assert await live(max_claims=1) == frozenset()
    assert await live(ends_at=NOW + DAY) == frozenset()
    assert await live(approved_at=None, approved_by=None) == frozenset()
    assert await live(is_sample=True) == frozenset()


async def store(pool: Pool, number: int, text: str) -> None:
    async with pool.connection() as conn:
        await inbox.store(conn, "console", number, CHAT, Input(kind=InputKind.TEXT, text=text), now=NOW)


async def take(pool: Pool, chat: str = CHAT) -> Waiting | None:
    async with pool.connection() as conn:
        return await meetings.take(conn, channel="console", chat=chat, samples=False, now=NOW + DAY, settled=NOW)


async def test_who_waits_is_met_with_what_they_said(empty_database: Pool) -> None:
    for number, text in enumerate(["hola", "¿sigues ahí?"]):
        await store(empty_database, number, text)
    waiting = await take(empty_database)
    assert waiting
    assert [row.input.text for row in waiting.taken.rows] == ["hola", "¿sigues ahí?"]
    assert waiting.meeting == await meet(empty_database)
    again = await take(empty_database)
    assert again
    assert (again.taken.turn_id, again.taken.rows) == (waiting.taken.turn_id, waiting.taken.rows)
    assert (waiting.taken.attempts, again.taken.attempts) == (1, 2)


async def test_nobody_is_met_where_nothing_waits(empty_database: Pool) -> None:
    await store(empty_database, 1, "hola")
    assert await take(empty_database, "otro") is None
    async with empty_database.connection() as conn:
        late = await meetings.take(
            conn, channel="console", chat=CHAT, samples=False, now=NOW, settled=NOW - timedelta(seconds=1)
        )
        leads = await (await conn.execute("select count(*) as rows from leads")).fetchone()
    assert (late, leads) == (None, {"rows": 0})
