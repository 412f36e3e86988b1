"""A human takes over, hears everything, and hands back; time hands back too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from core.db.pool import Pool
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from tests.brendas import Talk, actions, brenda_on, queue_on, texts
from tests.fakes.openai_server import FakeOpenAI, says, script, uses


@pytest.mark.parametrize("stage", [Stage.CONSENT, Stage.NAME, Stage.CONVERSATION, Stage.CHECKOUT, Stage.CUSTOMER])
@pytest.mark.parametrize("by_advisor", [True, False])
async def test_to_a_human_and_back_to_where_the_talk_stood(talk: Talk, stage: Stage, by_advisor: bool) -> None:
    await talk.reaches(stage)
    called = await talk.commands("asesor")
    assert called.stage is Stage.HANDOFF
    assert str(talk.brenda.settings.handoff_minutes) in texts(called)
    assert called.to_advisor
    ended = await talk.world(InputKind.ADVISOR if by_advisor else InputKind.DEADLINE, "handback")
    assert ended.stage is stage
    assert texts(ended)
    if by_advisor:
        assert [row["status"] for row in await talk.rows("handoffs")] == ["returned"]


@pytest.mark.parametrize("press", [True, False])
async def test_a_button_and_the_models_call_reach_a_human_too(asked: Talk, fake: FakeOpenAI, press: bool) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("contact_advisor", reason="quiere hablar"), says("nunca se pide"))
    result = await (asked.presses("ask.advisor") if press else asked.says("quiero hablar con una persona"))
    assert (result.stage, fake.count) == (Stage.HANDOFF, 0 if press else 1)
    assert len(result.outgoing) == 1
    assert len(await asked.rows("handoffs")) == 1


async def test_the_advisor_is_told_who_why_and_what_was_said_last(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.says("Soy contadora en Medellín y me preocupa el precio")
    await talk.says("¿cuánto dura?")
    [notice] = (await talk.says("quiero hablar con una persona")).to_advisor
    for words in ("Ana", "hablar con una persona", "IA para Profesionales", "contadora en Medellín", "¿cuánto dura?"):
        assert words in notice
    assert "Ana: ¿cuánto dura?" in notice


async def test_brenda_is_silent_while_a_human_is_in_charge(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.HANDOFF)
    for result in (await asked.says("¿hola?"), await asked.presses("ask.price"), await asked.sends(InputKind.VOICE)):
        assert (result.stage, result.outgoing, len(result.to_advisor)) == (Stage.HANDOFF, (), 1)
    assert fake.count == 0


async def test_the_duties_are_answered_even_now(talk: Talk) -> None:
    await talk.reaches(Stage.HANDOFF)
    result = await talk.commands("privacidad")
    assert result.stage is Stage.HANDOFF
    assert texts(result)


async def test_a_late_handback_says_nothing(talk: Talk) -> None:
    await talk.reaches(Stage.HANDOFF)
    await talk.world(InputKind.ADVISOR, "handback")
    late = await talk.world(InputKind.DEADLINE, "handback")
    assert (late.stage, late.outgoing) == (Stage.CONVERSATION, ())


async def test_nobody_is_promised_when_there_is_nobody(database: Pool) -> None:
    async with queue_on(database) as queue, brenda_on(database, queue, advisor_chat=None) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        await talk.query("update advisors set is_active = false")
        result = await talk.commands("asesor")
        assert result.stage is Stage.CONVERSATION
        assert texts(result)
        assert await talk.rows("handoffs") == []


async def test_who_leaves_during_a_hand_off_is_left_alone_by_the_advisor_too(talk: Talk) -> None:
    await talk.reaches(Stage.CHECKOUT)
    await talk.commands("asesor")
    assert (await talk.commands("baja")).stage is Stage.OPTED_OUT
    assert [row["status"] for row in await talk.rows("handoffs")] == ["returned"]
    assert (await talk.says("hola, volví")).stage is Stage.CHECKOUT


async def test_a_payment_during_a_hand_off_leaves_the_chat_to_the_advisor(talk: Talk) -> None:
    await talk.reaches(Stage.HANDOFF)
    paid = await talk.world(InputKind.PAYMENT, "paid")
    assert paid.stage is Stage.HANDOFF
    assert texts(paid)
    assert (await talk.world(InputKind.ADVISOR, "handback")).stage is Stage.CUSTOMER
    assert len(await talk.events("purchase_completed")) == 1


async def test_an_old_hand_off_does_not_end_a_new_one(talk: Talk) -> None:
    await talk.reaches(Stage.HANDOFF)
    await talk.commands("baja")
    await talk.says("hola, volví")
    await talk.commands("asesor")
    old, new = await talk.rows("handoffs")
    for given in (InputKind.DEADLINE, InputKind.ADVISOR):
        late = await talk.gives(Input(kind=given, action="handback", data={"handoff": old["id"]}))
        assert (late.stage, late.outgoing) == (Stage.HANDOFF, ())
    assert [row["status"] for row in await talk.rows("handoffs")] == ["returned", "open"]
    ended = await talk.gives(Input(kind=InputKind.ADVISOR, action="devolver", data={"handoff": new["id"]}))
    assert ended.stage is Stage.CONVERSATION


async def test_one_whose_time_is_over_is_not_taken_up_again(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.query(
        "insert into handoffs (lead_id, reason, summary, turn_id, opened_at, deadline_at, key) select id, '', '', 'x', "
        "%s, %s, 'lost:' || id from leads where chat = %s",
        talk.clock.now - timedelta(hours=9),
        talk.clock.now - timedelta(hours=8),
        talk.chat,
    )
    await talk.commands("asesor")
    lost, fresh = await talk.rows("handoffs")
    assert (lost["status"], fresh["status"]) == ("timed_out", "open")
    assert fresh["deadline_at"] > talk.clock.now


async def taken(talk: Talk, text: str = "Hola, soy Rosa") -> Input:
    """What reaches the chat when an advisor takes it."""
    await talk.query(
        "insert into handoffs (lead_id, reason, summary, turn_id, opened_at, deadline_at, key) select id, '', '', 'x', "
        "%s, %s, 'desk:' || id from leads where chat = %s",
        talk.clock.now,
        talk.clock.now + timedelta(hours=1),
        talk.chat,
    )
    [row] = await talk.rows("handoffs")
    return Input(kind=InputKind.ADVISOR, action="take", text=text, data={"handoff": row["id"], "advisor": "Rosa"})


@pytest.mark.parametrize("stage", [Stage.CONSENT, Stage.CONVERSATION, Stage.CHECKOUT, Stage.CUSTOMER])
async def test_an_advisor_who_takes_a_chat_is_announced_and_brenda_is_silent(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    joined = await talk.gives(await taken(talk))
    announced, words = (message.text for message in joined.outgoing)
    assert (joined.stage, joined.to_advisor) == (Stage.HANDOFF, ())
    assert "Rosa" in announced
    assert "persona" in announced
    assert words.endswith("Hola, soy Rosa")
    assert (await talk.says("gracias")).outgoing == ()
    assert (await talk.world(InputKind.ADVISOR, "devolver")).stage is stage


async def test_an_advisor_comes_too_late_for_a_hand_off_that_is_over(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    given = await taken(talk)
    await talk.query("update handoffs set status = 'timed_out', closed_at = now() where key like 'desk:%'")
    late = await talk.gives(given)
    assert (late.stage, late.outgoing) == (Stage.CONVERSATION, ())


async def test_nobody_writes_to_who_left(talk: Talk) -> None:
    await talk.reaches(Stage.OPTED_OUT)
    late = await talk.gives(await taken(talk))
    assert (late.stage, late.outgoing) == (Stage.OPTED_OUT, ())


OPENING = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
"""Monday at nine, in Mexico City."""


@asynccontextmanager
async def outside_hours(database: Pool) -> AsyncIterator[Talk]:
    """A prospect in a talk on a Saturday; the only advisor works on weekdays."""
    async with queue_on(database) as queue, brenda_on(database, queue, advisor_chat=None) as brenda:
        talk = Talk(brenda)
        talk.clock.now = OPENING - timedelta(days=2, hours=3)
        await talk.reaches(Stage.CONVERSATION)
        await talk.query("delete from advisors")
        await talk.query("insert into advisors (name, chat) values ('Rosa', 'consola:rosa')")
        await talk.query(
            "insert into advisor_hours (advisor_id, weekday, opens, closes) "
            "select id, weekday, '09:00', '18:00' from advisors, generate_series(1, 5) as weekday"
        )
        yield talk


@pytest.mark.parametrize("by_command", [True, False])
async def test_outside_hours_the_truth_is_told_and_brenda_goes_on(database: Pool, by_command: bool) -> None:
    async with outside_hours(database) as talk:
        asked = await (talk.commands("asesor") if by_command else talk.says("quiero hablar con una persona"))
        assert asked.stage is Stage.CONVERSATION
        assert "lunes 30 de noviembre" in texts(asked)
        assert "09:00" in texts(asked)
        assert actions(asked) == ["ask.demo"]
        assert len(asked.outgoing) == 1
        [handoff] = await talk.rows("handoffs")
        limit = timedelta(minutes=talk.brenda.settings.handoff_minutes)
        assert (handoff["status"], handoff["deadline_at"]) == ("waiting", OPENING + limit)
        notices = await talk.query("select lead_id, about_handoff from outbox where chat = 'consola:rosa'")
        assert notices == [{"lead_id": handoff["lead_id"], "about_handoff": handoff["id"]}]
        assert (await talk.says("¿cuánto dura?")).outgoing, "she goes on"


async def test_outside_hours_more_can_be_left_and_the_wait_stays_one(database: Pool) -> None:
    async with outside_hours(database) as talk:
        await talk.commands("asesor")
        await talk.commands("asesor", "es por la factura")
        assert [row["status"] for row in await talk.rows("handoffs")] == ["waiting"]
        notices = await talk.query(
            "select message->>'text' as text from outbox where chat = 'consola:rosa' order by id"
        )
        assert ["es por la factura" in row["text"] for row in notices] == [False, True]


async def test_asked_again_when_somebody_is_there_it_is_handed_over(database: Pool) -> None:
    async with outside_hours(database) as talk:
        await talk.commands("asesor")
        talk.clock.now = OPENING
        again = await talk.commands("asesor")
        assert again.stage is Stage.HANDOFF
        [handoff] = await talk.rows("handoffs")
        limit = timedelta(minutes=talk.brenda.settings.handoff_minutes)
        assert (handoff["status"], handoff["deadline_at"]) == ("open", talk.clock.now + limit)


async def test_who_waited_in_vain_is_told_so_and_offered_an_hour(database: Pool) -> None:
    async with outside_hours(database) as talk:
        await talk.commands("asesor")
        told = await talk.world(InputKind.DEADLINE, "unanswered")
        assert told.stage is Stage.CONVERSATION
        assert "nadie" in texts(told)
        assert actions(told) == ["ask.demo"]


async def test_when_nobody_knows_when_anybody_is_back_nothing_is_promised(database: Pool) -> None:
    async with outside_hours(database) as talk:
        await talk.query("update advisors set absent_since = %s", talk.clock.now)
        result = await talk.commands("asesor")
        assert (result.stage, await talk.rows("handoffs")) == (Stage.CONVERSATION, [])
        assert texts(result)


async def test_a_hand_off_that_nobody_took_is_ended_with_an_offer(talk: Talk) -> None:
    await talk.reaches(Stage.HANDOFF)
    ended = await talk.world(InputKind.DEADLINE, "handback")
    assert actions(ended) == ["ask.demo"]
    assert "demo" in texts(ended)
