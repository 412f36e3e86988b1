"""A human takes over. Brenda tells the prospect so, tells the advisor what happened, and is silent until it ends.

The node is reached by a command or button, from a turn in which the model called `contact_advisor`, or by an advisor
who takes the chat of their own accord. It ends when the advisor hands the chat back, or by its time limit; either comes
as an input, never as prose, and counts only for the hand-off that it names. When nobody is on duty there is no silence:
Brenda says when somebody is, and goes on.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import Signal
from agent.state import Draft, Scratch, State
from agent.voice import say
from core.context import Context
from core.db import handoffs, lead_cards
from core.domain.funnel import Stage
from core.domain.messages import InputKind, Outgoing
from core.domain.tools import ToolCall
from core.domain.turn import Event
from core.domain.zones import DEFAULT_ZONE
from core.prompts.calendar import spoken
from core.world.next_action import next_action, situation_of
from tools.contact_advisor import CONTACT_ADVISOR, OPENING, OUTSIDE_HOURS

LAST_LINES = 6
COMMANDED = "telegram"
"""The channel in which advisors have commands, such as the one that shows a lead by number."""
UNSOLD = frozenset({Stage.CONTACT, Stage.CONSENT, Stage.NAME})
"""Before consent and name nothing is offered, not even an hour with a human."""


async def handoff(state: State, runtime: Runtime[Context]) -> Command[Literal["settle"]]:
    """Start, pass on a message, or end."""
    context, scratch = runtime.context, state["scratch"]
    match scratch.signal:
        case Signal.TAKEN:
            return _settle(await _taken(context, scratch))
        case Signal.UNANSWERED:
            return _settle(scratch.with_draft(_unanswered(context, scratch)))
        case Signal.HANDBACK:
            return _settle(scratch if await _is_old(context, scratch) else _ended(context, scratch))
    if scratch.draft.stage is not Stage.HANDOFF:
        return _settle(_with_brought(await _started(context, scratch)))
    forwarded = context.prompts.render(
        "messages/handoff/forward", name=context.lead.name or context.lead.chat, text=_spoken(scratch)
    )
    return _settle(scratch.with_draft(replace(scratch.draft, to_advisor=(forwarded,))))


async def _started(context: Context, scratch: Scratch) -> Scratch:
    scratch = await _called(context, scratch)
    missings = [call.missing for call in scratch.exchange.calls if call.name == CONTACT_ADVISOR.name]
    if "" not in missings:
        missing = OUTSIDE_HOURS if OUTSIDE_HOURS in missings else missings[-1]
        return scratch.with_draft(scratch.draft.saying(_nobody(context, scratch, missing)))
    started = say(context, "handoff/started", limit_minutes=context.settings.handoff_minutes)
    draft = scratch.draft.saying(started).noting(Event(kind="handoff_started"))
    draft = replace(draft, to_advisor=(await _notice(context, scratch),), stage=Stage.HANDOFF)
    return scratch.with_talk(resume=scratch.draft.stage.value).with_draft(draft)


def _with_brought(scratch: Scratch) -> Scratch:
    """What other tools brought in this turn is not lost: links stand under the last message, files follow it."""
    *before, last = scratch.draft.outgoing
    last = last.model_copy(update={"buttons": (*scratch.exchange.buttons, *last.buttons)})
    files = (Outgoing(media=file) for file in scratch.exchange.media)
    return scratch.with_draft(replace(scratch.draft, outgoing=(*before, last, *files)))


async def _called(context: Context, scratch: Scratch) -> Scratch:
    """The scratch after an advisor was called in this turn, by the model or now."""
    if any(call.name == CONTACT_ADVISOR.name for call in scratch.exchange.calls):
        return scratch
    result = await CONTACT_ADVISOR.run(CONTACT_ADVISOR.arguments(reason=_reason(scratch)[:200]), context)
    call = ToolCall(name=CONTACT_ADVISOR.name, args={}, missing=result.missing)
    evidence = (*scratch.exchange.evidence, *result.facts)
    return scratch.with_exchange(calls=(*scratch.exchange.calls, call), evidence=evidence)


def _nobody(context: Context, scratch: Scratch, missing: str) -> Outgoing:
    """The truth about who is not there: for now, or at all."""
    opening = next((fact.value for fact in scratch.exchange.evidence if fact.key == OPENING), None)
    if missing != OUTSIDE_HOURS or opening is None:
        return say(context, "handoff/nobody")
    zone_name = context.lead.timezone or DEFAULT_ZONE
    moment = spoken(context.prompts, datetime.fromisoformat(opening), zone_name)
    buttons = _slot(scratch.draft.stage)
    return say(context, "handoff/outside_hours", *buttons, day=moment.day, hour=moment.hour, zone=moment.zone)


def _slot(stage: Stage) -> tuple[str, ...]:
    """The button that leads to an hour with a human."""
    return () if stage in UNSOLD else ("ask.demo",)


async def _notice(context: Context, scratch: Scratch) -> str:
    async with context.pool.connection() as conn:
        card = await lead_cards.load(conn, context.lead.id)
    course = next((fact.value for fact in context.facts if fact.key == "course.name"), "")
    selection = scratch.exchange.selection
    return context.prompts.render(
        "messages/handoff/notice",
        name=context.lead.name or context.lead.chat,
        reason=_reason(scratch)[:300],
        summary=" · ".join(scratch.talk.remembered),
        course_name=course,
        stage=scratch.draft.stage.value,
        probability=selection.score if selection else card.score.score if card and card.score else None,
        last_messages=[f"{line.role}: {line.text}" for line in scratch.talk.history[-LAST_LINES:]],
        # That they wait for an answer is plain; what may help them then is not.
        action=next_action(replace(situation_of(card, context.now), handoff="")).value if card else "",
        number=card.number if card and card.channel == COMMANDED else None,
    )


async def _taken(context: Context, scratch: Scratch) -> Scratch:
    """An advisor has the chat from now on: the person is told before they read the advisor's first words."""
    given, draft = scratch.request.inputs[0], scratch.draft
    async with context.pool.connection() as conn:
        current = await handoffs.current(conn, context.lead.id)
    if current is None or current.id != given.data.get("handoff"):
        return scratch  # it was over before this turn
    advisor_name = str(given.data.get("advisor") or "")
    if draft.stage is not Stage.HANDOFF:
        draft = draft.saying(say(context, "handoff/joined", advisor_name=advisor_name))
        draft = replace(draft.noting(Event(kind="handoff_started", payload={"by_advisor": True})), stage=Stage.HANDOFF)
        scratch = scratch.with_talk(resume=_resume(scratch))
    if given.text:
        words = context.prompts.render("messages/handoff/advisor_says", advisor_name=advisor_name, text=given.text)
        draft = draft.saying(Outgoing(text=words))
    return scratch.with_draft(draft)


def _resume(scratch: Scratch) -> str:
    """Where the talk goes on after the advisor; who was not even greeted yet is asked for consent then."""
    stage = scratch.draft.stage
    return (Stage.CONSENT if stage is Stage.CONTACT else stage).value


def _unanswered(context: Context, scratch: Scratch) -> Draft:
    """Nobody came although they were expected: the person is told so, and offered an hour that is sure."""
    told = say(context, "handoff/unanswered", *_slot(scratch.draft.stage))
    return scratch.draft.saying(told).noting(Event(kind="handoff_ended", payload={"by_advisor": False}))


async def _is_old(context: Context, scratch: Scratch) -> bool:
    """Whether this ends a hand-off that gave way to another one, whose chat it must not take away."""
    named = scratch.request.inputs[0].data.get("handoff")
    async with context.pool.connection() as conn:
        current = await handoffs.current(conn, context.lead.id)
    return current is not None and named is not None and current.id != named


def _ended(context: Context, scratch: Scratch) -> Scratch:
    by_advisor = scratch.request.inputs[0].kind is InputKind.ADVISOR
    stage = Stage(scratch.talk.resume) if scratch.talk.resume else Stage.CONVERSATION
    message = say(context, "handoff/returned") if by_advisor else say(context, "handoff/timed_out", *_slot(stage))
    draft = scratch.draft.saying(message).noting(Event(kind="handoff_ended", payload={"by_advisor": by_advisor}))
    draft = replace(draft, stage=stage, close_handoff="returned" if by_advisor else "timed_out")
    return scratch.with_talk(resume="").with_draft(draft)


def _reason(scratch: Scratch) -> str:
    """Why a human is wanted, in the person's words: what they said, or wrote behind the command."""
    return scratch.words or scratch.request.inputs[0].text


def _spoken(scratch: Scratch) -> str:
    """What the person said or did, for the advisor who has the chat."""
    given = scratch.request.inputs[0]
    if scratch.words or not given.action:
        return scratch.words or f"[{given.kind}]"
    return f"/{given.action} {given.text}".strip()


def _settle(scratch: Scratch) -> Command[Any]:
    return Command(goto="settle", update={"scratch": scratch})
