"""The name by which the person wants to be called."""

from dataclasses import replace
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.stages.person_name import read_name
from agent.state import State
from agent.voice import say
from core.context import Context
from core.domain.funnel import Milestone, Stage
from core.domain.messages import InputKind
from core.domain.turn import Event


async def name(state: State, runtime: Runtime[Context]) -> Command[Literal["presentation", "settle"]]:
    """Ask for the name when the stage is entered, else read it."""
    context, scratch = runtime.context, state["scratch"]
    given = scratch.request.inputs[0]
    if scratch.draft.stage is not Stage.NAME or given.kind in (InputKind.COMMAND, InputKind.BUTTON):
        draft = replace(scratch.draft.saying(say(context, "name/ask")), stage=Stage.NAME)
        return Command(goto="settle", update={"scratch": scratch.with_draft(draft)})
    reading = read_name(scratch.words)
    if not reading.name:
        draft = scratch.draft.saying(say(context, "name/invalid", reason=reading.reason))
        return Command(goto="settle", update={"scratch": scratch.with_draft(draft)})
    draft = scratch.draft.learning(name=reading.name).saying(say(context, "name/hello", name=reading.name))
    draft = draft.noting(Event(kind=Milestone.NAME_PROVIDED, once=True))
    return Command(goto="presentation", update={"scratch": scratch.with_draft(draft)})
