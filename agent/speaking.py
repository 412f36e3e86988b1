"""Speaking: a stage asks the model, which may call tools; the node `tools` carries them out and asks it again."""

from typing import Any, Literal

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime
from langgraph.types import Command

from agent.brief import length
from agent.intake import kept_text
from agent.state import Scratch, State
from agent.toolbox import carry_out
from core.context import Context
from tools.contact_advisor import OUTSIDE_HOURS

MOST_ROUNDS = 2
"""Rounds of tool calls in one turn; afterwards the model is asked without tools, so that a looping one ends."""


async def speak(state: State, runtime: Runtime[Context]) -> Command[Literal["verify"]]:
    """Ask the model again, with the reason why its words were not sent."""
    return await ask(runtime.context, state["scratch"])


async def ask(context: Context, scratch: Scratch) -> Command[Any]:
    """Ask the model once."""
    exchange = scratch.exchange
    open_tools = exchange.schemas if exchange.rounds < MOST_ROUNDS and not exchange.corrected else ()
    answer = await context.models.ask([*exchange.brief, *exchange.answers], open_tools, context.deadline)
    calls = answer.message.tool_calls if open_tools else []
    text = kept_text(answer.message.text).strip()
    scratch = scratch.with_exchange(
        # A call that nobody will answer is left out: providers refuse a conversation that holds one.
        answers=(*exchange.answers, answer.message if calls else AIMessage(text)),
        model=answer.model,
        model_calls=exchange.model_calls + answer.calls,
        text=text,
    )
    return Command(goto="tools" if calls else "verify", update={"scratch": scratch})


async def run_tools(state: State, runtime: Runtime[Context]) -> Command[Literal["tools", "verify", "handoff"]]:
    """Carry out the calls of the last answer, and ask the model again with what they brought.

    A human who was called takes over at once, without another word; when nobody is on duty, the same node says so.
    """
    context, scratch = runtime.context, state["scratch"]
    exchange = scratch.exchange
    offered = exchange.selection.offered if exchange.selection else ()
    room = context.settings.prompt_budget_chars - length(*exchange.brief, *exchange.answers)
    done = await carry_out(exchange.answers[-1].tool_calls, offered, context, room)  # type: ignore[attr-defined]
    scratch = scratch.with_exchange(
        answers=(*exchange.answers, *(message for _, _, message in done)),
        calls=(*exchange.calls, *(call for call, _, _ in done)),
        evidence=(*exchange.evidence, *(fact for _, result, _ in done for fact in result.facts)),
        media=(*exchange.media, *(file for _, result, _ in done for file in result.media)),
        buttons=(*exchange.buttons, *(button for _, result, _ in done for button in result.buttons)),
        rounds=exchange.rounds + 1,
    )
    called = any(call.name == "contact_advisor" and call.missing in ("", OUTSIDE_HOURS) for call, _, _ in done)
    return Command(goto="handoff", update={"scratch": scratch}) if called else await ask(context, scratch)
