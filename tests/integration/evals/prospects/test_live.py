"""A live model plays the person, at a fake endpoint."""

import random

import pytest
from pydantic import HttpUrl, SecretStr

from core.errors import ModelError
from core.settings import Settings
from evals.prospects.live import NOTHING_YET, Live, brief
from evals.steps import Presses, Says
from tests.fakes.openai_server import Answer, FakeOpenAI, fails, says, script
from tests.prospects import make_person, make_seen


def _live(fake: FakeOpenAI, **plan: object) -> Live:
    settings = Settings(openai_base_url=HttpUrl(fake.base_url), openai_api_key=SecretStr("sk-test"))
    return Live.configured(make_person(dict(plan)), random.Random(0), settings)


async def test_it_says_what_the_model_says_and_sees_words_and_buttons() -> None:
    async with FakeOpenAI(script(says("¿Cuánto cuesta?"))) as fake:
        live = _live(fake)
        assert await live.next(None) == Says(says="¿Cuánto cuesta?")
        await live.next(make_seen(1, "Son 249 USD.", buttons=[{"label": "Ver la demo", "action": "ask.demo"}]))
        talk = [message["content"] for message in fake.requests[-1].body["messages"]]
    assert talk[1:] == [NOTHING_YET, "¿Cuánto cuesta?", "Son 249 USD.\n[Ver la demo]"]
    assert live.faults == []


async def test_it_presses_and_leaves_by_the_words_that_it_was_told() -> None:
    async with FakeOpenAI(script(says("[PRESS] Ver la demo"), says("[LEAVE] no me convence"))) as fake:
        live = _live(fake)
        shown = make_seen(1, "Hola", buttons=[{"label": "Ver la demo", "action": "ask.demo"}])
        assert await live.next(shown) == Presses(presses="Ver la demo")
        assert await live.next(make_seen(2, "Elige tu hora.")) is None
    assert live.left_because == "no me convence" and live.faults == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [("Vi que cuesta 99 dólares", "says 99"), ("[PRESS] Pagar", "'Pagar'"), ("What is the price of it?", "writes en")],
)
async def test_it_is_held_to_the_contract(said: str, fault: str) -> None:
    async with FakeOpenAI(script(says(said))) as fake:
        live = _live(fake)
        await live.next(make_seen(1, "Hola"))
    assert len(live.faults) == 1 and fault in live.faults[0]


async def test_it_ends_though_the_model_would_go_on() -> None:
    async with FakeOpenAI(script(says("¿Y bien?"))) as fake:
        live = _live(fake)
        steps = [await live.next(make_seen(number, "Claro.")) for number in range(1, 30)]
    assert None in steps and live.left_because == "patience"


async def test_an_endpoint_that_fails_is_an_error_and_no_answer() -> None:
    answer: Answer = fails(401, code="invalid_api_key")
    async with FakeOpenAI(script(answer)) as fake:
        with pytest.raises(ModelError):
            await _live(fake).next(None)


def test_the_brief_tells_who_it_is_and_what_it_owes_nobody() -> None:
    told = brief(make_person({"wants": "buy", "asks": ["price"], "budget": 80, "leaves_when": ["pressure"]}))
    assert all(part in told for part in ("Ana", "80", "price", "pressure", "buy"))
    assert "{" not in told
