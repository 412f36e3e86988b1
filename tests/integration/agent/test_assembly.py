"""The chain of models that the settings ask for."""

from pydantic import HttpUrl

from core.db.pool import Pool
from core.domain.funnel import Stage
from core.integrations.queue import Queue
from tests.brendas import Talk, brenda_on, texts
from tests.fakes.openai_server import FakeOpenAI, fails, says, script


async def test_the_second_model_answers_for_the_first(pool: Pool, queue: Queue, fake: FakeOpenAI) -> None:
    fake.respond = script(fails(401))
    async with FakeOpenAI(script(says("Aquí estoy."))) as second:
        settings = {"second_base_url": HttpUrl(second.base_url), "second_model": "otro"}
        async with brenda_on(pool, queue, fake, **settings) as brenda:
            talk = await Talk(brenda).reaches(Stage.CONVERSATION)
            result = await talk.says("¿para quién es?")
            assert (texts(result), result.model, result.model_calls) == ("Aquí estoy.", "otro", 2)
            second.respond = script(fails(401))
            assert (await talk.says("¿y cuánto cuesta?")).model == "embedded"


async def test_without_a_setting_nobody_outside_is_asked(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    assert (await talk.says("¿para quién es?")).model == "embedded"
