"""The funnel for LangGraph's own development server, which draws it and runs it turn by turn: see docs/studio.md.

The server gives a graph nothing but JSON and a thread. So each node is wrapped: the first one makes the turn's
`Context` from the words that came in, the others get it, and the last one records the turn. The thread is the chat. The
database is opened when the turn needs it, so that drawing the graph needs none.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import uuid4

from langgraph.config import get_config
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command
from typing_extensions import TypedDict

from agent.assembly import assemble
from agent.graph import NODES
from agent.stages.perceive import perceive
from agent.state import State
from agent.turn import Brenda
from core.context import Context
from core.db.database import open_database
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnRequest, TurnResult
from core.integrations.queue import Queue, queue_app
from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary
from core.settings import Settings, load_settings

CHANNEL = "evals"
"""A channel whose messages are recorded and not delivered: the server shows them."""


class Said(TypedDict, total=False):
    """What goes in: words, a button's label, or a command such as "/baja"."""

    text: str


class Answered(TypedDict, total=False):
    """What comes out: the stage, and the turn's whole result as JSON text."""

    stage: str
    last: str


class StudioState(State, total=False):
    """The chat's state, and what was said."""

    text: str


@asynccontextmanager
async def studio() -> AsyncIterator[CompiledStateGraph[Any, Any, Any, Any]]:
    """The graph, for one run of the server."""
    async with AsyncExitStack() as stack:
        yield studio_graph(_Turn(load_settings(Path(".env")), stack))


@dataclass(slots=True)
class _Turn:
    """One run: what it opened is closed by `stack`, `context` is there once the first node has run."""

    settings: Settings
    stack: AsyncExitStack
    brenda: Brenda | None = None
    context: Context | None = None

    async def begin(self, text: str) -> tuple[TurnRequest, Context]:
        """The request that these words are, and the context of its turn."""
        chat = str(get_config().get("configurable", {}).get("thread_id") or uuid4())
        turn_id = f"{CHANNEL}:{chat}:{uuid4()}"
        request = TurnRequest(turn_id=turn_id, channel=CHANNEL, chat=chat[:128], inputs=(as_input(text),))
        self.brenda = self.brenda or await self._open()
        self.context = await self.brenda.open_context(request)
        return request, self.context

    async def _open(self) -> Brenda:
        prompts = PromptLibrary(self.settings.prompts_dir, _ignore)
        pool = await self.stack.enter_async_context(open_database(self.settings))
        app = await self.stack.enter_async_context(queue_app(pool))
        brenda = assemble(self.settings, pool, prompts, Queue(app))
        self.stack.push_async_callback(brenda.models.aclose)
        return brenda

    async def record(self, result: TurnResult) -> None:
        """Write what the turn decided."""
        assert self.brenda and self.context  # noqa: S101 - no node comes before the first one
        await self.brenda.closer.close(self.context.lead, result, self.context.prompts)


def studio_graph(turn: _Turn) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The funnel's nodes around one turn."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(StudioState, input_schema=Said, output_schema=Answered)
    for label, node in NODES:
        if label == "perceive":
            graph.add_node(label, _beginning(turn), input_schema=StudioState)
        else:
            graph.add_node(label, _within(turn, node))
    graph.add_edge(START, "perceive")
    return graph.compile(name="brenda")


def as_input(text: str) -> Input:
    """What the words are; a button's label is known to the funnel itself."""
    text = text.replace("\x00", "")
    name, _, rest = text.strip().removeprefix("/").partition(" ")
    if text.strip().startswith("/") and name:
        return Input(kind=InputKind.COMMAND, action=name.lower(), text=rest.strip())
    return Input(kind=InputKind.TEXT, text=text)


def _beginning(turn: _Turn) -> Any:
    @wraps(perceive)
    async def first(state: StudioState, runtime: Runtime[Any]) -> Command[Any]:
        request, context = await turn.begin(state.get("text", ""))
        kept: State = {"stage": state.get("stage", ""), "talk": state.get("talk", ""), "last": state.get("last", "")}
        return await perceive({**kept, "request": request}, runtime.override(context=context))

    return first


def _within(turn: _Turn, node: Callable[..., Any]) -> Any:
    @wraps(node)
    async def wrapped(state: State, runtime: Runtime[Any]) -> Command[Any]:
        command: Command[Any] = await node(state, runtime.override(context=turn.context))
        if isinstance(command.update, dict) and "result" in command.update:
            result: TurnResult = command.update["result"]
            await turn.record(result)
            command.update["last"] = result.model_dump_json(exclude_defaults=True)  # to be read by whoever looks on
        return command

    return wrapped


def _ignore(_: list[Fault]) -> None:
    """An edit with a fault does not go live; `bot.py prompts check` names the fault."""
