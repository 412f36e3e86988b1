"""The turn's end, for the nodes that answer (`settled`) and as a node of its own for the fixed stages (`settle`).

It moves the stage, folds the memory, and puts the result into the state.
"""

from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.routing import advance
from agent.state import Draft, Exchange, Scratch, State
from agent.talk import Talk
from core.context import Context
from core.domain.funnel import Milestone
from core.domain.messages import Input, InputKind, Outgoing, Said
from core.domain.turn import Event, LeadChange, TurnResult


async def settle(state: State, runtime: Runtime[Context]) -> Command[Literal["__end__"]]:
    """Close the turn."""
    return settled(runtime.context, state["scratch"])


def settled(context: Context, scratch: Scratch) -> Command[Any]:
    """The end of the turn."""
    result = result_of(context, scratch)
    update = {
        "stage": result.stage.value,
        "talk": _remembered(scratch.talk, scratch).model_dump_json(exclude_defaults=True),
        "last": result.turn_id,
        "result": result,
    }
    return Command(goto="__end__", update=update)


def result_of(context: Context, scratch: Scratch) -> TurnResult:
    """Everything that the turn decided."""
    draft, exchange = scratch.draft, scratch.exchange
    return TurnResult(
        turn_id=context.turn_id,
        at=context.now,
        stage=advance(draft.stage, exchange.calls),
        heard=tuple(line_of(given) for given in scratch.request.inputs),
        outgoing=draft.outgoing,
        to_advisor=draft.to_advisor,
        events=(*draft.events, *_events(exchange)),
        consents=draft.consents,
        lead=_about(draft, scratch),
        perception=scratch.perception,
        selection=exchange.selection,
        calls=exchange.calls,
        evidence=exchange.evidence,
        sources=tuple(sorted({fact.source for fact in exchange.evidence})),
        model=exchange.model,
        model_calls=exchange.model_calls,
        prompt_hash=context.prompts.hash,
        arm=context.arm,
        experiment=context.experiment,
        probability=exchange.selection.score if exchange.selection else None,
        erase=draft.erase,
        close_handoff=draft.close_handoff,
    )


def _about(draft: Draft, scratch: Scratch) -> LeadChange:
    known = len(scratch.words.split()) > 2
    return draft.lead.model_copy(update={"language": scratch.perception.language.value}) if known else draft.lead


def _events(exchange: Exchange) -> tuple[Event, ...]:
    """What the tools did, as events: a demo that was asked for is a milestone, a delivered file is kept in mind."""
    done = {call.name for call in exchange.calls if not call.missing}
    events = [Event(kind="tool_used", payload={"tool": name}) for name in sorted(done)]
    if "create_demo_link" in done:
        events.append(Event(kind=Milestone.DEMO_REQUESTED, once=True))
    delivered = [fact.source for fact in exchange.evidence if fact.key == "resource.title"]
    events += [
        Event(kind="resource_delivered", payload={"resource_id": int(source.partition(":")[2])}) for source in delivered
    ]
    return tuple(events)


def line_of(given: Input) -> str:
    """An input as it stands in the record."""
    match given.kind:
        case InputKind.TEXT | InputKind.EDITED:
            return given.text
        case InputKind.COMMAND:
            return f"/{given.action} {given.text}".strip()
        case InputKind.BUTTON:
            return f"[{given.text or given.action}]"
        case _:
            return f"[{given.kind.value}] {given.text or given.action}".strip()


def _remembered(talk: Talk, scratch: Scratch) -> Talk:
    said = [Said(role="user", text=scratch.words)] if scratch.words else []
    spoken = "\n".join(message.text for message in scratch.draft.outgoing if message.text)
    lines = [*said, Said(role="assistant", text=spoken)] if said or spoken else []
    used = tuple(call.name for call in scratch.exchange.calls if not call.missing)
    talk = talk.add(*lines).use(used) if used else talk.add(*lines)
    shown = _buttons(scratch.draft.outgoing)
    return talk.model_copy(update={"buttons": shown}) if scratch.draft.outgoing else talk


def _buttons(messages: tuple[Outgoing, ...]) -> dict[str, str]:
    """The choices now on the screen, by their labels as they might be typed."""
    return {
        button.label.casefold(): button.action for message in messages for button in message.buttons if button.action
    }
