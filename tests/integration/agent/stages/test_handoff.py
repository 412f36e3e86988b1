"""A human takes over, hears everything, and hands back; time hands back too."""

import pytest

from core.db.pool import Pool
from core.domain.funnel import Stage
from core.domain.messages import InputKind
from tests.brendas import Talk, brenda_on, queue_on, texts
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
