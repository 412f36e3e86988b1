"""The talk with the model: tools in rounds that end, and an answer whatever the provider does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.speaking import MOST_ROUNDS
from agent.turn import Brenda
from core.domain.funnel import Stage
from tests.brendas import Talk, impatient, texts
from tests.fakes.openai_server import Answer, Ending, FakeOpenAI, Recorded, Use, fails, says, script, uses

QUESTION = "¿para quién es?"


def well_formed(request: Recorded) -> bool:
    """What OpenAI demands: each call of an assistant is answered by the tool messages that follow it, and none else."""
    waiting: list[str] = []
    for message in request.body["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                return False
            waiting.remove(message["tool_call_id"])
        elif waiting:
            return False
        waiting += [call["id"] for call in message.get("tool_calls") or ()]
    return not waiting


async def test_a_looping_model_ends_in_an_answer(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("update_profile", goal="aprender"))
    result = await asked.says(QUESTION)
    assert texts(result)
    assert (result.stage, fake.count) == (Stage.CONVERSATION, MOST_ROUNDS + 2)
    assert [bool(request.body.get("tools")) for request in fake.requests] == [True] * MOST_ROUNDS + [False] * 2
    assert all(well_formed(request) for request in fake.requests)


async def test_the_result_of_a_tool_reaches_the_model_and_the_record(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("update_profile", goal="automatizar reportes"), says("Anotado."))
    result = await asked.says("quiero automatizar reportes")
    assert fake.requests[1].body["messages"][-1]["role"] == "tool"
    assert "automatizar reportes" in fake.requests[1].body["messages"][-1]["content"]
    assert [(call.name, call.args) for call in result.calls] == [("update_profile", {"goal": "automatizar reportes"})]
    [row] = await asked.rows("selections")
    assert row["called"] == ["update_profile"]


DOWN: tuple[tuple[str, Answer], ...] = (
    ("500", fails(500)),
    ("503 for a while", fails(503, retry_after="30")),
    ("429", fails(429, retry_after="2")),
    ("400", fails(400)),
    ("401", fails(401)),
    ("silent", Answer(ending=Ending.NEVER)),
    ("hung up", Answer(ending=Ending.DROPPED)),
    ("cut", Answer(ending=Ending.CUT)),
    ("no json", Answer(body=b"<html>bad gateway</html>")),
    ("empty", says("")),
    ("blank", says("  \n ")),
    ("no arguments", Answer(text=None, uses=(Use("update_profile", "{not json"),))),
    ("no object", Answer(text=None, uses=(Use("update_profile", "[1, 2]"),))),
    ("nameless", Answer(text=None, uses=(Use("", {}),))),
)


@pytest.fixture
async def hasty(asking: Brenda, fake: FakeOpenAI) -> AsyncIterator[Talk]:
    """A prospect in conversation, where no time is spent on a provider that is down."""
    async with impatient(asking, fake) as brenda:
        yield await Talk(brenda).reaches(Stage.CONVERSATION)


@pytest.mark.parametrize("answer", [answer for _, answer in DOWN], ids=[name for name, _ in DOWN])
async def test_whatever_the_provider_does_the_person_is_answered(
    asking: Brenda, fake: FakeOpenAI, answer: Answer
) -> None:
    fake.respond = script(answer)
    async with impatient(asking, fake, 0.05 if answer.ending is Ending.NEVER else 30.0) as brenda:
        talk = await Talk(brenda).reaches(Stage.CONVERSATION)
        result = await talk.says("¿cuánto cuesta?")
    assert result.model == "embedded"
    assert "249" in texts(result)


async def test_a_dead_provider_is_soon_not_asked_any_more(hasty: Talk, fake: FakeOpenAI) -> None:
    fake.respond = script(fails(401))
    for _ in range(4):
        hasty.clock.move(minutes=-1)  # all at the same moment
        assert (await hasty.says(QUESTION)).model == "embedded"
    assert fake.count == 1


async def test_a_provider_that_falls_silent_in_mid_turn(hasty: Talk, fake: FakeOpenAI) -> None:
    """The tool's work of the first answer is not lost: the embedded model answers from it."""
    fake.respond = script(uses("schedule_follow_up", in_hours=3), fails(500))
    result = await hasty.says("escríbeme en 3 horas")
    assert (result.model, [call.name for call in result.calls]) == ("embedded", ["schedule_follow_up"])
    assert texts(result)
    assert len(await hasty.rows("follow_ups")) == 1


@pytest.mark.parametrize("tool", ["contact_advisor", "update_profile", "schedule_follow_up"])
async def test_these_tools_are_there_in_every_turn(asked: Talk, fake: FakeOpenAI, tool: str) -> None:
    await asked.reaches(Stage.CONVERSATION)
    await asked.says("hola")
    tools: list[dict[str, Any]] = fake.requests[0].body["tools"]
    assert tool in {item["function"]["name"] for item in tools}
