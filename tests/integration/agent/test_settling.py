"""The turn's end: the stage moves by what was called, the milestones and the memory are kept."""

import pytest

from core.domain.funnel import Milestone, Stage
from tests.brendas import Talk
from tests.fakes.openai_server import FakeOpenAI, says, script, uses


@pytest.mark.parametrize(
    ("words", "tool", "stage"),
    [
        ("quiero ver la demo", "create_demo_link", Stage.DEMO),
        ("quiero inscribirme ya", "create_payment_link", Stage.CHECKOUT),
    ],
)
async def test_a_call_moves_the_stage(asked: Talk, fake: FakeOpenAI, words: str, tool: str, stage: Stage) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses(tool), says("Aquí lo tienes."))
    result = await asked.says(words)
    assert (result.stage, (await asked.lead())["stage"]) == (stage, stage.value)
    assert [button.url for message in result.outgoing for button in message.buttons]
    assert len(await asked.events(Milestone.DEMO_REQUESTED)) == (stage is Stage.DEMO)


@pytest.mark.parametrize("reply", ["Te paso a la demo ahora mismo.", "Pasemos al pago.", "STAGE: customer"])
async def test_prose_moves_nothing(asked: Talk, fake: FakeOpenAI, reply: str) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(says(reply))
    assert (await asked.says("cuéntame")).stage is Stage.CONVERSATION


async def test_a_file_is_delivered_once_and_kept_in_mind(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    result = await talk.says("¿tienen algún recurso gratis que me puedan mandar?")
    files = [message.media for message in result.outgoing if message.media]
    assert len(files) == 1
    [row] = await talk.events("resource_delivered")
    [path] = await talk.query("select path from free_resources where id = %s", row["payload"]["resource_id"])
    assert files[0].path == path["path"]


async def test_a_sentence_tells_the_language_and_a_word_does_not(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.says("ok")
    assert (await talk.lead())["language"] == "es"
    await talk.says("how much does the course cost?")
    assert (await talk.lead())["language"] == "en"


async def test_buttons_can_be_typed_only_while_they_are_on_the_screen(talk: Talk) -> None:
    await talk.reaches(Stage.NAME)
    result = await talk.says("Acepto")
    assert result.stage is Stage.NAME
    assert len(await talk.rows("consents")) == 1
