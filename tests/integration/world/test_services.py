"""What a chat tells the services: only who agreed, only what changed, and the order to forget."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.db.pool import Pool
from core.domain.funnel import Stage
from core.world.services import CALM
from tests.brendas import COURSE, Talk, brenda_on, queue_on
from tests.fakes.openai_server import FakeOpenAI, says, script, uses
from tests.worlds import insert


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as server:
        yield server


@pytest.fixture
async def talk(database: Pool, fake: FakeOpenAI) -> AsyncIterator[Talk]:
    async with queue_on(database) as queue, brenda_on(database, queue, fake) as brenda:
        yield Talk(brenda)


async def told(talk: Talk) -> list[dict[str, Any]]:
    return await talk.query("select * from outbox where channel = 'crm' order by id")


async def test_before_consent_the_crm_hears_of_nobody(talk: Talk) -> None:
    await talk.says(f"{COURSE} hola")
    await talk.says("soy Ana")
    assert await told(talk) == []
    await talk.presses("consent.accept")
    [row] = await told(talk)
    assert row["message"] == {"order": "sync"}
    assert row["not_before"] == talk.clock() + CALM
    assert await talk.query("select * from procrastinate_jobs where task_name = 'brenda.dispatch'") == []


async def test_a_turn_that_changes_nothing_tells_nothing(talk: Talk, fake: FakeOpenAI) -> None:
    await talk.reaches(Stage.CONVERSATION)
    before = len(await told(talk))
    await talk.says("¿para quién es?")
    assert len(await told(talk)) == before
    fake.respond = script(uses("update_profile", email="Ana@Correo.example"), says("Anotado."))
    await talk.says("mi correo es ana@correo.example")
    assert len(await told(talk)) == before + 1
    assert (await talk.lead())["profile"] == {"email": "ana@correo.example"}


async def test_an_erasure_in_the_chat_orders_one_in_the_crm(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    lead = await talk.lead()
    known = {"lead_id": lead["id"], "contact_id": "7", "digest": "d", "synced_at": talk.clock()}
    await insert(talk.brenda.pool, "crm_contacts", known)
    await talk.commands("borrar")
    await talk.presses("erase.confirm")
    [order] = await told(talk)
    assert (order["lead_id"], order["message"]) == (None, {"order": "erase", "external_id": str(lead["id"])})
    assert await talk.query("select * from crm_contacts") == []
