"""A human takes over. Brenda tells the prospect so, tells the advisor what happened, and is silent until it ends.

The node is reached by a command or button, or from a turn in which the model called `contact_advisor`. It ends when
the advisor hands the chat back, or by its time limit; either comes as an input, never as prose.
"""

from dataclasses import replace
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import Signal
from agent.state import Scratch, State
from agent.voice import say
from core.context import Context
from core.domain.funnel import Stage
from core.domain.messages import InputKind
from core.domain.tools import ToolCall
from core.domain.turn import Event
from tools.contact_advisor import CONTACT_ADVISOR

LAST_LINES = 6


async def handoff(state: State, runtime: Runtime[Context]) -> Command[Literal["settle"]]:
    """Start, pass on a message, or end."""
    context, scratch = runtime.context, state["scratch"]
    if scratch.draft.stage is not Stage.HANDOFF:
        return await _start(context, scratch)
    if scratch.signal is Signal.HANDBACK:
        return _end(context, scratch)
    forwarded = context.prompts.render(
        "messages/handoff/forward", name=context.lead.name or context.lead.chat, text=_spoken(scratch)
    )
    return _settle(scratch.with_draft(replace(scratch.draft, to_advisor=(forwarded,))))


async def _start(context: Context, scratch: Scratch) -> Command[Literal["settle"]]:
    called = any(call.name == CONTACT_ADVISOR.name and not call.missing for call in scratch.exchange.calls)
    if not called:
        result = await CONTACT_ADVISOR.run(CONTACT_ADVISOR.arguments(reason=_spoken(scratch)[:200]), context)
        call = ToolCall(name=CONTACT_ADVISOR.name, args={}, missing=result.missing)
        scratch = scratch.with_exchange(calls=(*scratch.exchange.calls, call))
        if result.missing:
            return _settle(scratch.with_draft(scratch.draft.saying(say(context, "handoff/nobody"))))
    started = say(context, "handoff/started", limit_minutes=context.settings.handoff_minutes)
    draft = scratch.draft.saying(started).noting(Event(kind="handoff_started"))
    draft = replace(draft, to_advisor=(_notice(context, scratch),), stage=Stage.HANDOFF)
    return _settle(scratch.with_talk(resume=scratch.draft.stage.value).with_draft(draft))


def _notice(context: Context, scratch: Scratch) -> str:
    course = next((fact.value for fact in context.facts if fact.key == "course.name"), "")
    selection = scratch.exchange.selection
    return context.prompts.render(
        "messages/handoff/notice",
        name=context.lead.name or context.lead.chat,
        reason=_spoken(scratch)[:300],
        summary=" · ".join(scratch.talk.remembered),
        course_name=course,
        stage=scratch.draft.stage.value,
        probability=selection.score if selection else None,
        last_messages=[f"{line.role}: {line.text}" for line in scratch.talk.history[-LAST_LINES:]],
    )


def _end(context: Context, scratch: Scratch) -> Command[Literal["settle"]]:
    given = scratch.request.inputs[0]
    by_advisor = given.kind is InputKind.ADVISOR
    message = say(context, "handoff/returned" if by_advisor else "handoff/timed_out")
    draft = scratch.draft.saying(message).noting(Event(kind="handoff_ended", payload={"by_advisor": by_advisor}))
    stage = Stage(scratch.talk.resume) if scratch.talk.resume else Stage.CONVERSATION
    draft = replace(draft, stage=stage, close_handoff="returned" if by_advisor else "timed_out")
    return _settle(scratch.with_talk(resume="").with_draft(draft))


def _spoken(scratch: Scratch) -> str:
    given = scratch.request.inputs[0]
    return scratch.words or (f"/{given.action}" if given.action else f"[{given.kind}]")


def _settle(scratch: Scratch) -> Command[Any]:
    return Command(goto="settle", update={"scratch": scratch})
