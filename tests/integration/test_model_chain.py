"""The chain of models: a first and a second provider over real HTTP on loopback, and a local model at its end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import SecretStr
from structlog.testing import capture_logs

from core.integrations.circuit import CircuitBreaker, State
from core.integrations.model_chain import ModelChain, NamedModel
from core.integrations.openai_chat import LeanChatOpenAI, openai_chat
from tests.fakes.openai_server import Answer, Body, Ending, FakeOpenAI, Respond, fails, says, script, uses

KEY = "sk-very-secret-0123456789"
WORDS = "Mi sueldo es un secreto 🤫"
ASKED: list[BaseMessage] = [HumanMessage(WORDS)]
TOOLS = [{"type": "function", "function": {"name": "show_syllabus", "description": "", "parameters": {}}}]
BROKEN = Answer(body=b"<html>")
NEVER = Answer(ending=Ending.NEVER)


class LocalModel(BaseChatModel):
    """Always answers, at once and the same."""

    @property
    def _llm_type(self) -> str:
        return "local"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("local"))])


class BuggyModel(LocalModel):
    """Has a fault of its own, whose text quotes the prompt."""

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        raise KeyError(messages[0].text)


@dataclass
class World:
    """Two providers, their breakers, a clock, and a sleep that moves that clock instead of waiting."""

    first: FakeOpenAI
    second: FakeOpenAI
    models: list[NamedModel] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def add(self, server: FakeOpenAI) -> LeanChatOpenAI:
        model = openai_chat(base_url=server.base_url, api_key=SecretStr(KEY), model="m", timeout=5)
        breaker = CircuitBreaker(self.clock, failures=5, open_for=timedelta(seconds=30))
        self.models.append(NamedModel("first" if server is self.first else "second", model, breaker))
        return model

    def chain(self, deadline_seconds: float = 45.0, attempts: int = 3) -> ModelChain:
        models = [*self.models, NamedModel("embedded", LocalModel())]
        return ModelChain(models, self.clock, deadline_seconds, attempts, self.sleep)

    def script(self, first: Respond, second: Respond | None = None) -> None:
        self.first.respond = first
        self.second.respond = second or script(says("segundo"))

    def state(self) -> State:
        return self.models[0].breaker.state


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(FakeOpenAI(key=KEY)) for _ in range(2)]
        world = World(first=servers[0], second=servers[1])
        for server in servers:
            stack.push_async_callback(world.add(server).aclose)
        yield world


async def test_the_first_model_answers_with_one_call(world: World) -> None:
    world.script(script(uses("show_syllabus", module=2), says("Son 8 módulos 🎓")))
    chain, messages = world.chain(), list(ASKED)
    deadline = chain.deadline()
    called = await chain.ask(messages, TOOLS, deadline)
    assert called.message.tool_calls[0]["args"] == {"module": 2}
    messages += [called.message, ToolMessage("{}", tool_call_id="call_1")]
    said = await chain.ask(messages, TOOLS, deadline)
    assert (said.message.content, said.model, said.calls, said.failures) == ("Son 8 módulos 🎓", "first", 1, ())
    assert [request.body["tools"] for request in world.first.requests] == [TOOLS, TOOLS]
    assert world.second.count == 0


async def test_without_tools_no_empty_list_is_sent(world: World) -> None:
    await world.chain().ask(ASKED)
    assert "tools" not in world.first.requests[0].body


async def test_a_busy_provider_is_asked_again_when_it_said(world: World) -> None:
    world.script(script(fails(429, retry_after="7"), says("ya")))
    answer = await world.chain().ask(ASKED)
    assert (answer.message.content, answer.model, answer.calls) == ("ya", "first", 2)
    assert world.slept == [7.0]


@pytest.mark.parametrize("fault", [fails(500), fails(503), Answer(ending=Ending.CUT), Answer(ending=Ending.DROPPED)])
async def test_a_passing_fault_is_tried_again_after_growing_pauses(world: World, fault: Answer) -> None:
    world.script(script(fault, fault, says("ya")))
    answer = await world.chain().ask(ASKED)
    assert (answer.message.content, answer.calls) == ("ya", 3)
    assert 0.5 <= world.slept[0] <= 1.0 <= world.slept[1] <= 1.5


async def test_attempts_are_bounded_and_then_the_second_model_answers(world: World) -> None:
    world.script(script(fails(500)))
    answer = await world.chain().ask(ASKED)
    assert (answer.message.content, answer.model, answer.calls) == ("segundo", "second", 4)
    assert "HTTP 500" in answer.failures[0]
    assert world.first.count == 3


async def test_a_malformed_answer_is_asked_for_once_more(world: World) -> None:
    world.script(script(BROKEN, says("ya")))
    assert (await world.chain().ask(ASKED)).model == "first"
    world.script(script(BROKEN))
    answer = await world.chain().ask(ASKED)
    assert (answer.model, answer.calls) == ("second", 3)


async def test_a_refused_request_is_not_repeated_nor_held_against_the_provider(world: World) -> None:
    world.script(script(fails(400)))
    chain = world.chain()
    for _ in range(10):
        answer = await chain.ask(ASKED)
        assert (answer.model, answer.calls) == ("second", 2)
    assert world.slept == []
    assert world.state() is State.CLOSED


async def test_a_refused_key_opens_the_circuit_at_once(world: World) -> None:
    world.script(script(fails(401)))
    chain = world.chain()
    first, second = await chain.ask(ASKED), await chain.ask(ASKED)
    assert "check OPENAI_API_KEY" in first.failures[0]
    assert "circuit is open" in second.failures[0]
    assert world.first.count == 1


async def test_an_open_circuit_costs_no_request_until_one_probe_heals_it(world: World) -> None:
    world.script(script(fails(500)))
    chain = world.chain(attempts=2)
    for _ in range(4):
        await chain.ask(ASKED)
    assert world.state() is State.OPEN
    assert world.first.count == 5
    assert len(world.slept) == 2, "once it is open, nobody waits for another attempt"
    answer = await chain.ask(ASKED)
    assert (answer.model, answer.calls, world.first.count) == ("second", 1, 5)
    world.now += timedelta(seconds=30)
    world.script(script(says("sana")))
    assert (await chain.ask(ASKED)).message.content == "sana"
    assert world.state() is State.CLOSED


async def test_a_failed_probe_is_not_repeated(world: World) -> None:
    world.script(script(fails(401), fails(500)))
    chain = world.chain()
    await chain.ask(ASKED)
    world.now += timedelta(seconds=30)
    await chain.ask(ASKED)
    assert world.first.count == 2
    assert world.state() is State.OPEN


async def test_a_hanging_provider_is_given_up_at_the_deadline(world: World) -> None:
    world.script(script(NEVER), script(NEVER))
    answer = await world.chain(deadline_seconds=0.05).ask(ASKED)
    assert (answer.message.content, answer.model) == ("local", "embedded")
    assert "No answer within the 0.1 s" in answer.failures[0]


async def test_what_little_time_is_left_is_not_held_against_the_provider(world: World) -> None:
    world.script(script(NEVER))
    world.models[0] = NamedModel("first", world.models[0].model, CircuitBreaker(world.clock, failures=1))
    chain = world.chain(deadline_seconds=0.2)
    spent = chain.deadline()
    world.now += timedelta(seconds=0.15)
    await chain.ask(ASKED, TOOLS, spent)
    assert world.state() is State.CLOSED
    await chain.ask(ASKED, TOOLS)
    assert world.state() is State.OPEN


async def test_both_asks_of_a_turn_share_its_deadline(world: World) -> None:
    busy = fails(429, retry_after="30")
    world.script(script(busy, says("ya"), busy), script(busy))
    chain = world.chain(deadline_seconds=45)
    deadline = chain.deadline()
    assert (await chain.ask(ASKED, TOOLS, deadline)).model == "first"
    assert deadline.remaining() == pytest.approx(15)
    second = await chain.ask(ASKED, TOOLS, deadline)
    assert (second.model, second.calls) == ("embedded", 3)
    assert world.slept == [30.0]


async def test_after_the_deadline_only_the_last_model_is_asked(world: World) -> None:
    chain = world.chain()
    deadline = chain.deadline()
    world.now += timedelta(seconds=46)
    answer = await chain.ask(ASKED, TOOLS, deadline)
    assert (answer.model, answer.calls) == ("embedded", 1)
    assert (world.first.count, world.second.count) == (0, 0)
    assert all("No time was left" in failure for failure in answer.failures)


async def test_the_last_model_alone_is_a_chain(world: World) -> None:
    answer = await ModelChain([NamedModel("embedded", LocalModel())], world.clock).ask(ASKED, TOOLS)
    assert (answer.message.content, answer.model, answer.calls) == ("local", "embedded", 1)


def test_an_empty_chain_is_named(world: World) -> None:
    with pytest.raises(ValueError, match="always answers"):
        ModelChain([], world.clock)


async def test_a_fault_of_our_own_does_not_silence_the_next_model(world: World) -> None:
    world.models[0] = NamedModel("first", BuggyModel(), CircuitBreaker(world.clock, failures=1))
    world.script(script(says("primero")))
    answer = await world.chain().ask(ASKED)
    assert (answer.model, answer.failures) == ("second", ("first: KeyError",))
    assert world.state() is State.CLOSED


async def test_a_cancelled_ask_is_no_verdict(world: World) -> None:
    arrived = asyncio.Event()

    def hang(_body: Body) -> Answer:
        arrived.set()
        return NEVER

    world.script(script(fails(401)))
    chain = world.chain()
    await chain.ask(ASKED)
    world.now += timedelta(seconds=30)
    world.script(hang)
    asking = asyncio.create_task(chain.ask(ASKED))
    await arrived.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert world.state() is State.HALF_OPEN
    world.script(script(says("sana")))
    assert (await chain.ask(ASKED)).model == "first"


async def test_each_failover_is_told_without_words_or_keys(world: World, caplog: pytest.LogCaptureFixture) -> None:
    quoting = Answer(status=401, body=f'{{"error": {{"message": "{KEY} {WORDS}", "code": "{KEY} x"}}}}'.encode())
    world.script(script(fails(500)), script(quoting))
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        answer = await world.chain().ask(ASKED)
    assert answer.model == "embedded"
    assert [(line["event"], line["log_level"], line["model"]) for line in logs] == [
        ("model_failed", "warning", "first"),
        ("model_failed", "warning", "second"),
    ]
    told = str(logs) + str(answer.failures) + caplog.text
    assert KEY not in told
    assert "sueldo" not in told
