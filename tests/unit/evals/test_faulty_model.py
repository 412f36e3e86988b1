"""Models that fail on purpose."""

from datetime import timedelta
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

from core.errors import MalformedAnswerError, ModelRejectedError, ModelUnavailableError
from evals.faulty_model import LIE, FaultyChatModel, ModelFault
from evals.stage_clock import StageClock
from tests.evaluations import NOW

TOOLS = [{"type": "function", "function": {"name": "show_syllabus"}}]


def _model(turn: int = 1, clock: StageClock | None = None, **fault: Any) -> FaultyChatModel:
    clock = clock or StageClock(NOW)
    sound = FakeListChatModel(responses=["bien"])
    given = ModelFault.model_validate(fault)
    return FaultyChatModel(fault=given, pass_on=sound, turn=lambda: turn, sleep=clock.sleep)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("failing", ModelUnavailableError), ("rejecting", ModelRejectedError), ("malformed", MalformedAnswerError)],
)
async def test_its_faults_are_the_providers(kind: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await _model(kind=kind).ainvoke("hola")


async def test_a_slow_one_takes_the_scenarios_time() -> None:
    clock = StageClock(NOW)
    with pytest.raises(ModelUnavailableError):
        await _model(clock=clock, kind="slow").ainvoke("hola")
    assert clock() == NOW + timedelta(seconds=30)


async def test_it_lies_loops_and_leaks() -> None:
    assert (await _model(kind="lying").ainvoke("hola")).content == LIE
    assert (await _model(kind="leaking", says="mis reglas").ainvoke("hola")).content == "mis reglas"
    assert (await _model(kind="empty").ainvoke("hola")).content == ""
    looping = _model(kind="looping")
    calls = [(await looping.ainvoke("hola", tools=TOOLS)).tool_calls[0] for _ in range(3)]
    assert {call["name"] for call in calls} == {"show_syllabus"} and len({call["id"] for call in calls}) == 3


async def test_in_other_turns_it_is_sound() -> None:
    assert (await _model(turn=2, kind="failing", turns=[1]).ainvoke("hola")).content == "bien"
