"""The chat on the console. Each line is a message; what Brenda has for the lead is shown from the outbox, so that an
answer which a crash kept from the screen, or a follow-up that came due, is shown too.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from agent.turn import Brenda
from channels.console.keyboard import Keyboard
from channels.console.record import turn_record
from channels.console.screen import Screen
from channels.console.typed import chosen, read_line
from core.background import beside
from core.db import outbox, turns
from core.domain.messages import Button, Input, InputKind
from core.domain.turn import TurnRequest, TurnResult
from core.errors import DatabaseUnavailableError

CHANNEL = "console"
LEAVE = ("/salir", "/exit", "/quit")
MOST_ATTEMPTS = 4
"""How often a turn is tried while the database is away; each try waits for a connection for some time."""
PAUSE_SECONDS = 1.0
GONE = (psycopg.OperationalError, psycopg.InterfaceError)
"""How it shows that the database went away."""


@dataclass(slots=True)
class Chat:
    """One prospect at the keyboard. `name` continues an earlier talk; without one each start is a new prospect. `pages`
    is where the links lead, if they are served here; `greeted` is set when Brenda's first words are on the screen.
    """

    brenda: Brenda
    screen: Screen
    keyboard: Keyboard
    name: str
    as_json: bool
    pages: str | None = None
    buttons: tuple[Button, ...] = ()
    turn: int = 0
    id: str = ""
    greeted: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, payload: str) -> None:
        """Until the end of the input. In JSON nothing is said before the first line."""
        if not self.as_json:
            self._hint()
        await self._open()
        if not self.as_json and self.turn == 0:
            await self._take("/start", Input(kind=InputKind.COMMAND, action="start", text=payload))
        self.greeted.set()
        async with beside(self._watch()):
            async for line in self._typed():
                await self._read(line)

    def _hint(self) -> None:
        settings = self.brenda.settings
        samples, sandbox = settings.tells_samples, settings.payment_provider == "sandbox"
        self.screen.note(self._own("hint", samples=samples, sandbox=sandbox))
        if self.pages:
            self.screen.note(self._own("pages", url=self.pages))

    def _own(self, template: str, **variables: object) -> str:
        """What the console itself says."""
        return self.brenda.prompts.current.render(f"messages/console/{template}", **variables)

    async def _typed(self) -> AsyncIterator[str]:
        self._prompt()
        async for line in self.keyboard.lines():
            if not self.as_json:
                self.screen.heard(line)
            if line.strip().lower() in LEAVE:
                return
            yield line
            self._prompt()

    def _prompt(self) -> None:
        if not self.as_json:
            self.screen.prompt()

    async def _open(self) -> None:
        """Find the chat, and show what a crash left unshown."""
        async with self.brenda.pool.connection() as conn:
            self.id = await turns.latest_chat(conn, CHANNEL, self.name) or self.name
            self.turn = await turns.count(conn, CHANNEL, self.id)
        if not self.as_json:
            await self._deliver()

    async def _read(self, line: str) -> None:
        if line.strip() == "/reset":
            await self._reset()
            return
        button = chosen(line, self.buttons)
        if button and button.url and not self.as_json:
            self.screen.note(self._own("link", url=button.url))
            return
        await self._take(line, read_line(line, self.buttons))

    async def _reset(self) -> None:
        self._start_over()
        if self.as_json:
            return
        self.screen.note(self.brenda.prompts.current.render("messages/reset/done"))
        await self._take("/start", Input(kind=InputKind.COMMAND, action="start"))

    def _start_over(self) -> None:
        self.id, self.turn, self.buttons = f"{self.name}#{secrets.token_hex(3)}", 0, ()

    async def _take(self, line: str, given: Input) -> None:
        self.turn += 1
        # Not the form of the ids that the inbox gives to turns, which a worker may take in this chat.
        turn_id = f"{CHANNEL}:{self.id}:line-{self.turn}"
        request = TurnRequest(turn_id=turn_id, channel=CHANNEL, chat=self.id, inputs=(given,))
        result = await self._patiently(lambda: self._answer(line, request))
        if result.erase:
            await self._forget(request.chat)
            self._start_over()

    async def _answer(self, line: str, request: TurnRequest) -> TurnResult:
        result = await self.brenda.take_turn(request)
        await (self._print(line, result, request.chat) if self.as_json else self._deliver())
        return result

    async def _patiently(self, attempt: Callable[[], Awaitable[TurnResult]]) -> TurnResult:
        """A turn may be run again at any time, so that one in which the database went away is."""
        for _ in range(MOST_ATTEMPTS):
            try:
                return await attempt()
            except GONE:
                if not self.as_json:
                    self.screen.note(self._own("waiting"))
                await asyncio.sleep(PAUSE_SECONDS)
        raise DatabaseUnavailableError("It went away during the talk; --lead with the same name continues one later.")

    async def _print(self, line: str, result: TurnResult, chat: str) -> None:
        async with self.brenda.pool.connection() as conn:
            await outbox.show(conn, CHANNEL, chat, self.brenda.clock())
        if result.outgoing:
            self.buttons = tuple(button for message in result.outgoing for button in message.buttons)
        print(json.dumps(turn_record(line, result), ensure_ascii=False), flush=True)  # noqa: T201

    async def _deliver(self) -> None:
        """Show what waits in the outbox for this lead, and for an advisor about them."""
        async with self.brenda.pool.connection() as conn:
            waiting = await outbox.show(conn, CHANNEL, self.id, self.brenda.clock())
        own = [message for to, message in waiting if to == self.id]
        if own:
            self.buttons = self.screen.show(own)
        for to, message in waiting:
            if to != self.id:
                self.screen.aside(self._own("for_team"), message.text)

    async def _forget(self, chat: str) -> None:
        """The last word of an erased chat was shown: nothing of it stays."""
        async with self.brenda.pool.connection() as conn:
            await outbox.forget(conn, CHANNEL, chat)

    async def _watch(self) -> None:
        """Show what comes by itself: a follow-up, or the end of a hand-off."""
        while not self.as_json:
            await asyncio.sleep(1)
            with suppress(*GONE):
                await self._deliver()


def new_name() -> str:
    """A chat of its own for a prospect without a name."""
    return f"prospecto-{secrets.token_hex(4)}"
