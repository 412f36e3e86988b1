"""The duties of the platform and the law, in every stage."""

import json

import pytest

from core.domain.funnel import Stage
from core.domain.messages import InputKind
from tests.brendas import Talk, actions, texts

STAGES = [stage for stage in Stage if stage not in (Stage.CONTACT, Stage.PRESENTATION)]
COMMANDS = (
    "privacidad",
    "ayuda",
    "paysupport",
    "misdatos",
    "borrar",
    "inventado",
    "'; drop table leads; --",
    "x" * 900,
)


@pytest.mark.parametrize("stage", STAGES)
async def test_every_duty_is_answered_in_every_stage_and_changes_none(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    for command in COMMANDS:
        result = await talk.commands(command)
        assert (result.stage, len(result.outgoing), result.model_calls) == (stage, 1, 0), command


async def test_the_export_holds_what_is_kept(talk: Talk) -> None:
    await talk.reaches(Stage.CHECKOUT)
    await talk.says("soy contadora en Medellín")
    [message] = (await talk.commands("misdatos")).outgoing
    assert message.media is not None
    data = json.loads(message.media.content)
    kept = ("consents", "messages", "events", "payments", "selections", "assignments")
    assert all(data[table] for table in kept), [table for table in kept if not data[table]]
    assert data["lead"]["name"] == "Ana"
    assert "soy contadora en Medellín" in {row["text"] for row in data["messages"]}


async def test_erasure_is_asked_first(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    assert actions(await talk.commands("borrar")) == ["erase.confirm", "erase.cancel"]
    assert (await talk.presses("erase.cancel")).stage is Stage.CONVERSATION
    assert (await talk.lead())["name"] == "Ana"


async def test_erasure_leaves_nothing_but_the_last_word(talk: Talk) -> None:
    await talk.reaches(Stage.CHECKOUT)
    await talk.commands("borrar")
    lead = (await talk.lead())["id"]
    done = await talk.presses("erase.confirm")
    assert texts(done)
    tables = ("consents", "messages", "events", "selections", "assignments", "demo_links", "handoffs", "payments")
    for table in tables:
        assert await talk.query(f"select * from {table} where lead_id = %s", lead) == [], table  # noqa: S608
    for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
        assert await talk.query(f"select * from {table} where thread_id = %s", talk.thread) == [], table  # noqa: S608
    waiting = await talk.query("select message from outbox where chat = %s", talk.chat)
    assert [row["message"]["text"] for row in waiting] == [texts(done)]
    assert (await talk.says("hola")).stage is Stage.CONSENT


async def test_a_sale_outlives_its_buyer_without_a_name(talk: Talk) -> None:
    await talk.reaches(Stage.CHECKOUT)
    [payment] = await talk.rows("payments")
    await talk.commands("borrar")
    await talk.presses("erase.confirm")
    [kept] = await talk.query("select * from payments where id = %s", payment["id"])
    assert (kept["lead_id"], kept["amount"]) == (None, payment["amount"])


@pytest.mark.parametrize("stage", [Stage.CONSENT, Stage.CONVERSATION, Stage.CUSTOMER])
async def test_a_forged_or_expired_button_is_answered_and_does_nothing(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    ticks = await talk.rows("consents")
    for action in ("", "stale", "erase.", "erase.confirm;", "marketing.si", "learning.", "optin.x", "x" * 64):
        result = await talk.presses(action)
        assert (result.stage, result.erase) == (stage, False), action
        assert texts(result), action
    assert await talk.rows("consents") == ticks


async def test_an_event_of_the_world_that_comes_too_late_says_nothing(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    late = await talk.world(InputKind.DEADLINE, "handback")
    assert (late.stage, late.outgoing) == (Stage.CONVERSATION, ())


async def test_advertising_is_ended_under_the_message_that_came_of_it(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.presses("marketing.yes")
    result = await talk.presses("marketing.no")
    assert (result.stage, len(result.outgoing), result.model_calls) == (Stage.CONVERSATION, 1, 0)
    ticks = [(row["kind"], row["granted"]) for row in await talk.rows("consents")]
    assert ticks[-2:] == [("marketing", True), ("marketing", False)]
    assert ("talk", False) not in ticks
