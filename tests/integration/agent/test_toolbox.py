"""Calls that cannot be carried out are told to the model and change nothing."""

import json
from typing import Any

import pytest

from agent.toolbox import MOST_CALLS, NAMES, schemas
from core.domain.funnel import Stage
from tests.brendas import Talk, library, texts
from tests.fakes.openai_server import Answer, FakeOpenAI, Use, says, script, uses


def told(fake: FakeOpenAI) -> list[str]:
    """What is missing, call by call, as the model was told in its second request."""
    messages: list[dict[str, Any]] = fake.requests[1].body["messages"]
    return [json.loads(message["content"])["missing"] for message in messages if message["role"] == "tool"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (uses("no_such_tool"), "not_offered"),
        (uses("drop table leads"), "not_offered"),
        (uses("update_profile", salary="9000"), "bad_arguments: salary"),
        (uses("schedule_follow_up", in_hours="pronto"), "bad_arguments: in_hours"),
        (uses("update_profile"), "nothing_given"),
    ],
)
async def test_a_call_that_cannot_be_carried_out(asked: Talk, fake: FakeOpenAI, call: Answer, reason: str) -> None:
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(call, says("Claro."))
    result = await asked.says("hola")
    assert texts(result) == "Claro."
    assert [missing.startswith(reason) for missing in told(fake)] == [True]
    assert not [event for event in result.events if event.kind == "tool_used"]


async def test_a_tool_that_was_not_offered_is_not_run(asked: Talk, fake: FakeOpenAI) -> None:
    """A payment link after a refusal, whatever the model thinks of it."""
    await asked.reaches(Stage.CONVERSATION)
    fake.respond = script(uses("create_payment_link"), says("Entiendo."))
    result = await asked.says("no me interesa, gracias")
    assert result.selection is not None
    assert "create_payment_link" in result.selection.refused
    assert told(fake) == ["not_offered"]
    assert await asked.rows("payments") == []
    assert result.stage is Stage.CONVERSATION


async def test_too_many_calls_at_once(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    many = tuple(Use("update_profile", {"goal": f"meta {place}"}, id=f"call_{place}") for place in range(7))
    fake.respond = script(Answer(text=None, uses=many), says("Anotado."))
    await asked.says("tengo siete metas")
    assert told(fake) == [""] * MOST_CALLS + ["too_many_calls"] * (7 - MOST_CALLS)


@pytest.mark.parametrize("offered", [(), ("present_offer",), tuple(reversed(NAMES))])
def test_schemas_stand_in_a_fixed_order(offered: tuple[str, ...]) -> None:
    made = schemas(library().current, offered)
    assert [schema["function"]["name"] for schema in made] == [name for name in NAMES if name in offered]


def test_every_tool_is_described_and_its_schema_holds_nothing_idle() -> None:
    for schema in schemas(library().current, NAMES):
        function = schema["function"]
        assert len(function["description"]) > 20
        assert "title" not in function["parameters"]
        assert function["parameters"]["additionalProperties"] is False
