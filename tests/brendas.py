"""Brenda herself for tests: the real graph on a real database, with a clock that a test moves and a model on loopback.

A `Talk` is one prospect's chat: it sends an input, lets a minute pass, and remembers every result.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from procrastinate import App, PsycopgConnector
from pydantic import HttpUrl

from agent.assembly import assemble
from agent.embedded import EmbeddedChatModel
from agent.turn import Brenda
from core.db.pool import Pool
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.turn import TurnRequest, TurnResult
from core.integrations.circuit import CircuitBreaker
from core.integrations.model_chain import ModelChain, NamedModel
from core.integrations.openai_chat import openai_chat
from core.integrations.queue import Queue
from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary
from tests.fakes.openai_server import FakeOpenAI, Recorded
from tests.worlds import ROOT, make_settings

CHANNEL = "console"
COURSE = "#CURSO_IA_PROFESIONALES"
CAMPAIGN = "#CAMPAÑA_IG_NOVIEMBRE"
ADVISOR = "900"
_numbers = count(1)


@dataclass
class MovedClock:
    """A clock that stands still until it is moved. It starts now, because the sample offers are dated from today."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **parts: float) -> None:
        self.now += timedelta(**parts)

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.move(seconds=seconds)


@cache
def library() -> PromptLibrary:
    """The project's own prompts, read and checked once."""
    return PromptLibrary(ROOT / "prompts", _no_faults)


def _no_faults(faults: list[Fault]) -> None:
    raise AssertionError(faults)


@asynccontextmanager
async def queue_on(pool: Pool) -> AsyncIterator[Queue]:
    """The job queue as the running program opens it. Nobody works on it."""
    app = App(connector=PsycopgConnector())
    async with app.open_async(pool):
        yield Queue(app)


@asynccontextmanager
async def brenda_on(pool: Pool, queue: Queue, fake: FakeOpenAI | None = None, **settings: Any) -> AsyncIterator[Brenda]:
    """Brenda put together as the program does it; with a fake she asks that one, else the embedded model."""
    address = {"openai_base_url": HttpUrl(fake.base_url)} if fake else {}
    given = {"secret_key": "k" * 32, "advisor_chat": ADVISOR, **address, **settings}
    async with AsyncExitStack() as stack:
        brenda = assemble(make_settings(**given), pool, library(), queue, MovedClock())
        stack.push_async_callback(brenda.models.aclose)
        yield brenda


def at_present(brenda: Brenda) -> Brenda:
    """The same Brenda with her clock set to now."""
    clock = brenda.clock
    assert isinstance(clock, MovedClock)
    clock.now = datetime.now(UTC)
    return brenda


@asynccontextmanager
async def impatient(brenda: Brenda, fake: FakeOpenAI, seconds: float = 30.0) -> AsyncIterator[Brenda]:
    """The same Brenda with a chain that makes no pauses: they move the clock. An answer may take some `seconds`."""
    clock = brenda.clock
    assert isinstance(clock, MovedClock)
    model = openai_chat(base_url=fake.base_url, api_key=None, model="remote", timeout=seconds)
    embedded = NamedModel("embedded", EmbeddedChatModel(prompts=lambda: brenda.prompts.current))
    chain = ModelChain([NamedModel("remote", model, CircuitBreaker(clock)), embedded], clock, 45.0, 3, clock.sleep)
    try:
        yield replace(brenda, models=chain)
    finally:
        await chain.aclose()


@dataclass
class Talk:
    """One prospect's chat with Brenda. `results` holds every turn's, the newest last."""

    brenda: Brenda
    chat: str = field(default_factory=lambda: f"talk-{next(_numbers)}")
    results: list[TurnResult] = field(default_factory=list)

    @property
    def clock(self) -> MovedClock:
        clock = self.brenda.clock
        assert isinstance(clock, MovedClock)
        return clock

    @property
    def thread(self) -> str:
        return f"{CHANNEL}:{self.chat}"

    def request(self, *inputs: Input) -> TurnRequest:
        """The next turn's request."""
        turn_id = f"{self.thread}:{len(self.results) + 1}"
        return TurnRequest(turn_id=turn_id, channel=CHANNEL, chat=self.chat, inputs=inputs)

    async def gives(self, *inputs: Input) -> TurnResult:
        """One turn of these inputs, a minute after the last one."""
        self.clock.move(minutes=1)
        self.results.append(await self.brenda.take_turn(self.request(*inputs)))
        return self.results[-1]

    async def says(self, *texts: str) -> TurnResult:
        return await self.gives(*(Input(kind=InputKind.TEXT, text=text) for text in texts))

    async def presses(self, action: str) -> TurnResult:
        return await self.gives(Input(kind=InputKind.BUTTON, action=action))

    async def commands(self, name: str, text: str = "") -> TurnResult:
        return await self.gives(Input(kind=InputKind.COMMAND, action=name, text=text))

    async def sends(self, kind: InputKind, text: str = "") -> TurnResult:
        return await self.gives(Input(kind=kind, text=text))

    async def world(self, kind: InputKind, action: str) -> TurnResult:
        return await self.gives(Input(kind=kind, action=action))

    async def reaches(self, stage: Stage, name: str = "Ana") -> "Talk":
        """Walk to a stage by the ways that a person has."""
        await self.says(f"{COURSE} {CAMPAIGN}")
        if stage is Stage.CONSENT:
            return self
        await self.presses("consent.accept")
        if stage is not Stage.NAME:
            await self.says(name)
        await self._on_to(stage)
        assert self.results[-1].stage is stage, (stage, self.results[-1])
        return self

    async def _on_to(self, stage: Stage) -> None:
        match stage:
            case Stage.CUSTOMER:
                await self.world(InputKind.PAYMENT, "paid")
            case Stage.HANDOFF:
                await self.commands("asesor")
            case Stage.OPTED_OUT:
                await self.commands("baja")
            case Stage.DEMO:
                await self.says("quiero ver la demo")
            case Stage.CHECKOUT:
                await self.says("quiero inscribirme, dame el enlace de pago")

    async def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of this lead in a table that has a lead_id, the oldest first."""
        query = f"select {columns} from {table} where lead_id = (select id from leads where chat = %s) order by id"  # noqa: S608
        return await self.query(query, self.chat)

    async def events(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in await self.rows("events") if row["kind"] == kind]

    async def lead(self) -> dict[str, Any]:
        [row] = await self.query("select * from leads where chat = %s", self.chat)
        return row

    async def query(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.brenda.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []


def texts(result: TurnResult) -> str:
    """All that Brenda said in a turn."""
    return "\n".join(message.text for message in result.outgoing)


def actions(result: TurnResult) -> list[str]:
    """The actions of the buttons under a turn's messages."""
    return [button.action for message in result.outgoing for button in message.buttons if button.action]


def said_by(request: Recorded, *roles: str) -> str:
    """What the messages of these roles hold in a request to the model."""
    messages: list[Mapping[str, Any]] = request.body["messages"]
    return "\n".join(str(message.get("content") or "") for message in messages if message["role"] in roles)
