"""Out: nobody speaks here. Who writes again of their own accord is welcomed back where they stood."""

from dataclasses import replace
from typing import Literal, cast

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import Signal
from agent.state import Draft, State
from agent.talk import Talk
from agent.voice import say
from core.context import Context
from core.domain.funnel import Stage
from core.domain.people import ConsentKind
from core.domain.turn import ConsentChange, Event

Next = Literal["settle", "consent", "name", "presentation", "conversation", "demo", "checkout", "customer"]
RESUMABLE = ("name", "presentation", "conversation", "demo", "checkout", "customer")


async def opted_out(state: State, runtime: Runtime[Context]) -> Command[Next]:
    """Take the person out at once, or take up the talk again because they wrote."""
    context, scratch = runtime.context, state["scratch"]
    if scratch.signal is Signal.STOP:
        leaving = scratch.with_talk(resume=_resume(scratch.draft.stage, scratch.talk))
        return Command(goto="settle", update={"scratch": leaving.with_draft(_out(scratch.draft, context))})
    back = scratch.draft.saying(say(context, "optout/back")).noting(Event(kind="came_back"))
    if ConsentKind.TALK not in context.lead.consents:
        # A press on the old question answers it; anything else gets the question again.
        asked = Stage.CONSENT if scratch.signal is Signal.CONSENT else Stage.CONTACT
        return Command(goto="consent", update={"scratch": scratch.with_draft(replace(back, stage=asked))})
    stage = Stage(scratch.talk.resume) if scratch.talk.resume in RESUMABLE else Stage.CONVERSATION
    if scratch.signal is not Signal.MESSAGE:
        return Command(goto="settle", update={"scratch": scratch.with_draft(replace(back, stage=stage))})
    return Command(goto=cast(Next, stage.value), update={"scratch": scratch.with_draft(replace(back, stage=stage))})


def _resume(stage: Stage, talk: Talk) -> str:
    """Where the person stood; who was out already, or with an advisor, stood where it is noted."""
    return talk.resume if stage in (Stage.OPTED_OUT, Stage.HANDOFF) else stage.value


def _out(draft: Draft, context: Context) -> Draft:
    """Nobody writes to the person any more: not Brenda, and not an advisor who had the chat or was to take it."""
    if draft.stage is Stage.HANDOFF:
        left = context.prompts.render("messages/handoff/left", name=context.lead.name or context.lead.chat)
        draft = replace(draft, to_advisor=(left,))
    draft = draft.saying(say(context, "optout/done")).noting(Event(kind="opted_out"))
    consents = (*draft.consents, *_withdrawn(context))
    return replace(draft, stage=Stage.OPTED_OUT, consents=consents, close_handoff="returned")


def _withdrawn(context: Context) -> tuple[ConsentChange, ...]:
    """Who leaves takes back both optional ticks, as the notice says."""
    kinds = (ConsentKind.MARKETING, ConsentKind.LEARNING)
    return tuple(ConsentChange(kind=kind, granted=False, text_version=context.prompts.hash) for kind in kinds)
