"""First contact: Brenda greets, says at once that she is an AI, and notes where the person came from.

Whoever begins with a command is obeyed at once: she says who she is, and the command's own node answers it.
"""

from dataclasses import replace
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import Signal
from agent.stages.opening import Opening
from agent.state import Draft, State
from agent.voice import say
from core.context import Context
from core.db import courses
from core.domain.funnel import Milestone, Stage
from core.domain.messages import Outgoing
from core.domain.turn import Event

Next = Literal["consent", "name", "presentation", "settle", "duties", "handoff", "opted_out"]


async def contact(state: State, runtime: Runtime[Context]) -> Command[Next]:
    """Greet a new person, or welcome one who pressed /start again."""
    context, scratch = runtime.context, state["scratch"]
    if scratch.draft.stage is not Stage.CONTACT:
        return _returning(state, context, scratch.draft, scratch.opening)
    match scratch.signal:
        case Signal.STOP:
            return _go("opted_out", state, _introduced(scratch.draft, scratch.opening, context))
        case Signal.DUTY:
            return _go("duties", state, _introduced(scratch.draft, scratch.opening, context))
        case Signal.HUMAN:
            # What comes after the human is the question of consent, and no second greeting.
            introduced = _introduced(scratch.draft, scratch.opening, context)
            return _go("handoff", state, replace(introduced, stage=Stage.CONSENT))
        case _:
            return _go("consent", state, await _greeted(scratch.draft, scratch.opening, context))


async def _greeted(draft: Draft, opening: Opening, context: Context) -> Draft:
    name = await _course_name(context, opening.course_id or context.course_id)
    messages: list[Outgoing] = [say(context, "contact/greeting", course_name=name)]
    if opening.unknown:
        messages.append(say(context, "contact/course_unknown", hashtag=opening.unknown[:60]))
    return _noted(draft.saying(*messages), opening)


def _introduced(draft: Draft, opening: Opening, context: Context) -> Draft:
    """Who she is and what she is, and nothing about courses: the person asked for something else."""
    return _noted(draft.saying(say(context, "contact/introduction")), opening)


def _noted(draft: Draft, opening: Opening) -> Draft:
    payload = {"campaign": opening.campaign, "source": opening.source}
    return draft.noting(Event(kind=Milestone.INITIAL_CONTACT, payload=payload, once=True))


async def _course_name(context: Context, course_id: int | None) -> str | None:
    if course_id is None:
        return None
    async with context.pool.connection() as connection:
        course = await courses.by_id(connection, course_id, context.settings.tells_samples)
    return course.name if course else None


def _returning(state: State, context: Context, draft: Draft, opening: Opening) -> Command[Next]:
    """/start in a chat that is under way: go on where it stood, or show the course of the new advertisement."""
    if draft.stage is Stage.CONSENT:
        return _go("consent", state, draft)
    if draft.stage is Stage.NAME:
        return _go("name", state, draft)
    if opening.course_id not in (None, context.course_id) or draft.stage is Stage.PRESENTATION:
        return _go("presentation", state, draft)
    return _go("settle", state, draft.saying(say(context, "contact/welcome_back", name=context.lead.name or "")))


def _go(node: Next, state: State, draft: Draft) -> Command[Any]:
    return Command(goto=node, update={"scratch": state["scratch"].with_draft(draft)})
