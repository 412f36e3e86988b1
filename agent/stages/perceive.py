"""The first node: what was said, what it means, and which stage answers."""

from dataclasses import replace
from functools import lru_cache
from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.intake import read_request
from agent.routing import TALKING, Destination, Signal, read_signal, route
from agent.stages.opening import Opening, any_tags, find_opening
from agent.state import Draft, Scratch, State
from agent.talk import Talk
from agent.voice import label_of
from core.context import Context
from core.domain.funnel import Stage
from core.domain.messages import InputKind, Said
from core.domain.turn import Event, TurnRequest
from core.learning.understanding import understand
from core.prompts.prompt_schedule import schedule_in
from core.prompts.prompt_set import PromptSet


async def perceive(state: State, runtime: Runtime[Context]) -> Command[Literal[Destination, "__end__"]]:
    """Read the request and route it. A turn that was taken is not run again."""
    if already_taken(state):
        return Command(goto="__end__")
    talk = Talk.model_validate_json(state.get("talk") or "{}").add(*_said_meanwhile(runtime.context))
    scratch = await _read(state["request"], talk, runtime.context)
    return Command(goto=_destination(scratch, runtime.context), update={"scratch": scratch})


def _said_meanwhile(context: Context) -> tuple[Said, ...]:
    """What follow-ups said since the last turn, so that an answer to one is understood."""
    return tuple(Said(role="assistant", text=text) for text in context.lead.unseen)


def already_taken(state: State) -> bool:
    """Whether the state is that after this request."""
    return state.get("last") == state["request"].turn_id


async def _read(request: TurnRequest, talk: Talk, context: Context) -> Scratch:
    request, intake = read_request(_labelled(request, context), _of_follow_ups(context.prompts) | talk.buttons)
    perception = understand(intake.words)
    given = request.inputs[0]
    opening = await find_opening(next(filter(any_tags, request.inputs), given), context)
    unreadable = intake.trouble and given.kind is InputKind.TEXT
    scratch = Scratch(
        request=request,
        words=intake.words,
        trouble=intake.trouble,
        perception=perception,
        signal=Signal.MESSAGE if unreadable else read_signal(given, perception),
        opening=opening,
        talk=talk,
        draft=arrived(Draft(stage=context.lead.stage), opening),
    )
    return replace(scratch, talk=_heard(scratch))


@lru_cache(maxsize=8)
def _of_follow_ups(prompts: PromptSet) -> dict[str, str]:
    """The buttons under follow-ups, by their labels: no turn showed them, so no talk remembers them."""
    actions = {action for rule in schedule_in(prompts).triggers.values() for action in rule.buttons}
    labels = ((label_of(prompts, action), action) for action in actions)
    return {label.casefold(): action for label, action in labels if label}


def _labelled(request: TurnRequest, context: Context) -> TurnRequest:
    """A press means what stands on the button, also when the button is no longer the last one on the screen."""
    inputs = (
        given.model_copy(update={"text": given.text or label_of(context.prompts, given.action)})
        if given.kind is InputKind.BUTTON
        else given
        for given in request.inputs
    )
    return request.model_copy(update={"inputs": tuple(inputs)})


def arrived(draft: Draft, opening: Opening) -> Draft:
    """The draft with where the person came from: an advertisement may be pressed at any time."""
    known = {"course_id": opening.course_id, "campaign": opening.campaign, "source": opening.source}
    draft = draft.learning(**{name: value for name, value in known.items() if value is not None})
    if opening.unknown:
        draft = draft.noting(Event(kind="unknown_course", payload={"hashtag": opening.unknown[:80]}))
    return draft


def _destination(scratch: Scratch, context: Context) -> Destination:
    """As routed; but who comes with another course's advertisement is shown that course."""
    routed = route(scratch.draft.stage, scratch.signal)
    other = scratch.opening.course_id not in (None, context.course_id)
    talking = scratch.draft.stage in TALKING or scratch.draft.stage is Stage.CUSTOMER
    return "presentation" if other and talking and routed == scratch.draft.stage else routed


def _heard(scratch: Scratch) -> Talk:
    """Free words count for the memory; presses and commands do not. Who says to be under age is heeded always."""
    if scratch.signal is not Signal.MESSAGE or scratch.trouble or scratch.draft.stage in (Stage.CONTACT, Stage.CONSENT):
        return scratch.talk.heed(scratch.perception)
    return scratch.talk.hear(scratch.words, scratch.perception)
