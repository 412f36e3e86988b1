"""The talking stages: conversation, demo, checkout, customer. What needs no model is answered here."""

import difflib
from dataclasses import replace
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.choosing import choose
from agent.intake import MOST_CHARS
from agent.routing import Signal
from agent.speaking import ask
from agent.stages import purchase
from agent.stages.booking import booking
from agent.state import Draft, State
from agent.talk import Talk
from agent.voice import say
from core.context import Context
from core.domain.funnel import Milestone, Stage
from core.domain.messages import InputKind
from core.domain.turn import Event

SAME_WORDS = 0.9
"""An edited message that is at least this like the one before (difflib ratio) mends a typo and needs no answer."""

ASK_AWAY = "ask.question"
"""The button of who has a question but did not yet say which: it needs no model."""
Next = Literal["tools", "verify", "settle"]


async def conversation(state: State, runtime: Runtime[Context]) -> Command[Next]:
    """Talk about the course."""
    return await _talk(state, runtime.context, Stage.CONVERSATION)


async def demo(state: State, runtime: Runtime[Context]) -> Command[Next]:
    """Talk while a demo is open, and tell what was booked."""
    if state["scratch"].signal is Signal.BOOKING:
        return await booking(state, runtime.context)
    return await _talk(state, runtime.context, Stage.DEMO)


async def checkout(state: State, runtime: Runtime[Context]) -> Command[Next]:
    """Talk while a payment is open, and say so when one failed."""
    if state["scratch"].signal is Signal.UNPAID:
        return _settled(state, await purchase.failed(runtime.context, state["scratch"]))
    return await _talk(state, runtime.context, Stage.CHECKOUT)


async def customer(state: State, runtime: Runtime[Context]) -> Command[Next]:
    """Welcome who has paid, say it when money went back; else, support."""
    context, scratch = runtime.context, state["scratch"]
    if scratch.signal not in (Signal.PAID, Signal.REFUNDED):
        return await _talk(state, context, Stage.CUSTOMER)
    news = purchase.paid if scratch.signal is Signal.PAID else purchase.refunded
    draft, stage = await news(context, scratch)
    if draft.stage is Stage.HANDOFF:  # the advisor who has the chat keeps it
        kept = scratch.with_talk(resume=stage.value).with_draft(draft)
        return Command(goto="settle", update={"scratch": kept})
    return _settled(state, replace(draft, stage=stage))


async def _talk(state: State, context: Context, stage: Stage) -> Command[Any]:
    scratch = state["scratch"]
    draft = replace(scratch.draft, stage=stage)
    if scratch.trouble:
        return _settled(state, draft.saying(_trouble(scratch.trouble, context)))
    if scratch.request.inputs[-1].action == ASK_AWAY:
        return _settled(state, draft.saying(say(context, "input/question")))
    if scratch.request.inputs[-1].kind is InputKind.EDITED and _only_mended(scratch.words, scratch.talk):
        return _settled(state, draft)
    engaged = draft.noting(Event(kind=Milestone.AI_ENGAGED, once=True))
    return await ask(context, await choose(context, scratch.with_draft(engaged)))


def _trouble(kind: str, context: Context) -> Any:
    return say(context, f"input/{kind}", limit=MOST_CHARS) if kind == "too_long" else say(context, f"input/{kind}")


def _only_mended(words: str, talk: Talk) -> bool:
    before = next((line.text for line in reversed(talk.history) if line.role == "user"), "")
    return difflib.SequenceMatcher(None, words, before).ratio() >= SAME_WORDS


def _settled(state: State, draft: Draft) -> Command[Any]:
    return Command(goto="settle", update={"scratch": state["scratch"].with_draft(draft)})
