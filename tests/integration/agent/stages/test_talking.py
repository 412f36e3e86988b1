"""The talking stages: what needs no model is answered without one, and a payment welcomes from everywhere."""

import pytest

from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from tests.brendas import Talk, texts
from tests.fakes.openai_server import FakeOpenAI

TALKING = (Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.CONTACT, Stage.PRESENTATION)])
async def test_a_payment_is_confirmed_in_every_stage(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    paid = await talk.world(InputKind.PAYMENT, "paid")
    assert paid.stage is (Stage.HANDOFF if stage is Stage.HANDOFF else Stage.CUSTOMER)
    assert texts(paid)
    assert len(await talk.events("purchase_completed")) == 1


@pytest.mark.parametrize("stage", TALKING)
@pytest.mark.parametrize(
    ("kind", "text"), [(InputKind.TEXT, ""), (InputKind.TEXT, "👍"), (InputKind.STICKER, "👍"), (InputKind.VOICE, "")]
)
async def test_what_cannot_be_read_costs_no_model(
    talk: Talk, asked: Talk, fake: FakeOpenAI, stage: Stage, kind: InputKind, text: str
) -> None:
    await talk.reaches(stage)
    asked.chat, asked.results = talk.chat, talk.results
    result = await asked.sends(kind, text)
    assert (result.stage, fake.count, len(result.outgoing)) == (stage, 0, 1)


async def test_a_mended_typo_needs_no_second_answer(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    await asked.says("¿cuanto dura el curzo de ia?")
    mended = await asked.gives(Input(kind=InputKind.EDITED, text="¿cuánto dura el curso de ia?"))
    assert (mended.outgoing, fake.count) == ((), 1)
    changed = await asked.gives(Input(kind=InputKind.EDITED, text="mejor dime qué se ve en el curso"))
    assert (texts(changed), fake.count) == ("Claro, con gusto te cuento del curso.", 2)


@pytest.mark.parametrize("action", ["ask.syllabus", "ask.price", "ask.demo", "ask.buy"])
async def test_a_next_step_button_is_read_as_its_words(talk: Talk, action: str) -> None:
    await talk.reaches(Stage.CONVERSATION)
    result = await talk.presses(action)
    assert texts(result)
    assert result.model == "embedded"


async def test_the_model_is_engaged_once(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    for words in ("¿qué se ve?", "¿y cuánto dura?"):
        await talk.says(words)
    assert len(await talk.events("ai_engaged")) == 1
