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


UNREADABLE = (
    Input(kind=InputKind.TEXT),
    Input(kind=InputKind.TEXT, text="👍"),
    Input(kind=InputKind.STICKER, text="👍"),
    Input(kind=InputKind.VOICE),
)


@pytest.mark.parametrize("stage", TALKING)
async def test_what_cannot_be_read_costs_no_model(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    for given in UNREADABLE:
        result = await talk.gives(given)
        assert (result.stage, result.model_calls, len(result.outgoing)) == (stage, 0, 1), given


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
    await talk.says("gracias")
    late = await talk.presses(action)
    assert (late.model, late.heard) == ("embedded", result.heard)


async def test_the_model_is_engaged_once(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    for words in ("¿qué se ve?", "¿y cuánto dura?"):
        await talk.says(words)
    assert len(await talk.events("ai_engaged")) == 1


@pytest.mark.parametrize("stage", [Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER])
async def test_who_has_a_question_is_asked_for_it_without_a_model(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    result = await talk.presses("ask.question")
    assert (result.stage, result.model_calls, len(result.outgoing)) == (stage, 0, 1)
    assert "?" in texts(result)
