"""Receiving: what each kind of update leaves behind."""

from datetime import UTC, datetime

import pytest

from core.domain.messages import Button, Input, InputKind, Outgoing
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig

INPUTS = "select input from inbox order by id"


async def heard(rig: Rig) -> list[Input]:
    return [Input.model_validate(row["input"]) for row in await rig.rows(INPUTS)]


async def test_everything_that_a_person_does_is_an_input(rig: Rig) -> None:
    ana = rig.fake.user(7)
    await ana.says("/start CURSO_IA")
    await ana.sends_sticker()
    await ana.sends_voice()
    await ana.sends_photo("mira")
    await ana.sends_document()
    await ana.says("ola")
    await ana.edits("hola")
    async with rig.running():
        await rig.fake.wait_for(lambda: not rig.fake.pending)
    kinds = [given.kind for given in await heard(rig)]
    assert kinds == ["command", "sticker", "voice", "photo", "file", "text", "edited"]
    assert len(await rig.queued()) == 7


async def test_a_button_that_we_sent_comes_back_as_its_action_and_is_answered(rig: Rig) -> None:
    await rig.say(7, Outgoing(text="¿Aceptas?", buttons=(Button(label="Acepto", action="consent.accept"),)))
    async with rig.running():
        await rig.fake.wait_for(lambda: rig.fake.texts(7))
        await rig.fake.user(7).presses("Acepto", "q1")
        await rig.fake.wait_for(lambda: rig.fake.called("answerCallbackQuery"))
    assert [(given.kind, given.action) for given in await heard(rig)] == [(InputKind.BUTTON, "consent.accept")]
    assert rig.fake.called("answerCallbackQuery")[0]["callback_query_id"] == "q1"


@pytest.mark.parametrize("query", ["old-query", "q1"])
async def test_forged_and_old_buttons_are_stale_and_disturb_nobody(rig: Rig, query: str) -> None:
    rig.fake.fail("answerCallbackQuery", Fault(drop=True))
    async with rig.running():
        await rig.fake.user(7).presses_data("consent.accept", 5, "q0")
        await rig.fake.user(7).presses_data(rig.signer.pack("8", "consent.accept"), 5, query)
        await rig.fake.wait_for(lambda: not rig.fake.pending and len(rig.fake.called("answerCallbackQuery")) == 2)
    assert [given.action for given in await heard(rig)] == ["stale", "stale"]


async def test_a_group_is_told_once_an_hour_where_to_write_and_is_no_prospect(rig: Rig) -> None:
    moment = [datetime(2026, 11, 22, 10, 59, tzinfo=UTC)]
    ana = rig.fake.user(7, group=-100500)
    await ana.says("hola a todos")
    for _ in range(3):
        await ana.says("@brenda_test_bot ¿cuánto cuesta?")
    async with rig.running(clock=lambda: moment[0]):
        await rig.fake.wait_for(lambda: not rig.fake.pending and rig.fake.texts(-100500))
        moment[0] = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
        await ana.says("/start@brenda_test_bot")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(-100500)) == 2)
    assert "https://t.me/brenda_test_bot" in rig.fake.texts(-100500)[0]
    assert (await heard(rig), await rig.queued()) == ([], [])
    assert len(rig.fake.called("sendMessage")) == 2


async def test_shutting_the_bot_out_and_letting_it_in(rig: Rig) -> None:
    lead = await rig.lead(7)
    ana = rig.fake.user(7)
    async with rig.running():
        await ana.blocks()
        await rig.until("select 1 from leads where id = %s and blocked_at is not null", lead)
        await ana.unblocks()
        await rig.until("select 1 from leads where id = %s and blocked_at is null", lead)
        await ana.blocks()
        await rig.until("select 1 from leads where id = %s and blocked_at is not null", lead)
        await ana.says("¿sigues ahí?")
        await rig.until("select 1 from leads where id = %s and blocked_at is null", lead)
    assert [given.text for given in await heard(rig)] == ["¿sigues ahí?"]
