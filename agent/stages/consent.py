"""Privacy: nothing is asked and nothing is sold before it is accepted, by a button and not by a reading of prose."""

from dataclasses import replace
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.state import Draft, State
from agent.voice import say
from core.context import Context
from core.domain.funnel import Milestone, Stage
from core.domain.people import ConsentKind
from core.domain.turn import ConsentChange, Event

CHOICES = ("consent.accept", "consent.read", "consent.decline")


async def consent(state: State, runtime: Runtime[Context]) -> Command[Literal["name", "settle"]]:
    """Ask, explain, or take the answer."""
    context, draft = runtime.context, state["scratch"].draft
    if draft.stage is Stage.CONTACT:
        return _stay(state, draft.saying(say(context, "consent/ask", *CHOICES)))
    match state["scratch"].request.inputs[0].action:
        case "consent.accept":
            return Command(goto="name", update={"scratch": state["scratch"].with_draft(_accepted(draft, context))})
        case "consent.decline":
            return _stay(state, _declined(draft, context), Stage.OPTED_OUT)
        case "consent.read":
            notice = say(
                context, "consent/notice", *CHOICES, company=context.settings.company, contact=context.settings.contact
            )
            return _stay(state, draft.saying(notice))
        case _:
            return _stay(state, draft.saying(say(context, "consent/needed", *CHOICES)))


def _accepted(draft: Draft, context: Context) -> Draft:
    tick = ConsentChange(kind=ConsentKind.TALK, granted=True, text_version=context.prompts.hash)
    thanks = say(context, "consent/thanks")
    extra = say(context, "consent/extra", "marketing.yes", "learning.yes")
    draft = replace(draft, consents=(*draft.consents, tick)).saying(thanks, extra)
    return draft.noting(Event(kind=Milestone.PRIVACY_ACCEPTED, once=True))


def _declined(draft: Draft, context: Context) -> Draft:
    tick = ConsentChange(kind=ConsentKind.TALK, granted=False, text_version=context.prompts.hash)
    return replace(draft, consents=(*draft.consents, tick)).saying(say(context, "consent/declined"))


def _stay(state: State, draft: Draft, stage: Stage = Stage.CONSENT) -> Command[Any]:
    return Command(goto="settle", update={"scratch": state["scratch"].with_draft(replace(draft, stage=stage))})
