"""A fake Telegram Bot API: a real HTTP server on loopback that keeps Telegram's rules and remembers what it accepted.

A test holds it as `async with FakeTelegram() as fake`, points Brenda at `fake.url` with `fake.token`, lets people act
(`fake.user(7).says("hola")`) and waits for what must come of it (`await fake.wait_for(lambda: fake.texts(7))`).
Limits are enforced as Telegram does (UTF-16 lengths after parsing, markup, buttons, pace). Chaos is scripted with
`fake.fail("sendMessage", Fault(...))`: one fault a call, in order.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram_limits import (
    RefusalError,
    bad,
    checked_buttons,
    checked_caption,
    checked_invoice,
    checked_text,
)
from tests.fakes.telegram_people import FakeUser
from tests.fakes.telegram_poster import Poster
from tests.fakes.telegram_records import Fault, Fields, Sent

TOKEN = "987654321:fake-token-for-tests-on-loopback"


@dataclass
class FakeTelegram:
    """The server. `chat_interval` and `per_second` are enforced with 429 when they are set."""

    token: str = TOKEN
    username: str = "brenda_test_bot"
    chat_interval: float = 0.0
    per_second: int = 0
    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, Fields]] = field(default_factory=list)
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    deactivated: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    webhook: Fields = field(default_factory=dict)
    webhook_statuses: list[int] = field(default_factory=list)
    pending: list[Fields] = field(default_factory=list)
    commands: list[Fields] = field(default_factory=list)
    chat_commands: dict[int, list[Fields]] = field(default_factory=dict)
    invoices: list[Fields] = field(default_factory=list)
    description: str = ""
    short_description: str = ""
    url: str = ""

    async def __aenter__(self) -> Self:
        self._changed = asyncio.Condition()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._numbers = 100
        self._updates = 5_000
        self._poll: asyncio.Event | None = None
        self._poster = Poster(self)
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._poster.stop()
        await self._runner.cleanup()

    # What tests say and ask.

    def user(self, chat: int, name: str = "Ana", group: int | None = None) -> FakeUser:
        """A person, in their private chat or in a group."""
        return FakeUser(self, chat, name, group)

    def fail(self, method: str, *faults: Fault) -> None:
        """Script the next calls of a method."""
        self._faults[method].extend(faults)

    def texts(self, chat: int) -> list[str]:
        """What people see in a chat, in order."""
        return [message.text for message in self.sent if message.chat == chat]

    def called(self, method: str) -> list[Fields]:
        """The fields of all calls of a method, refused ones too."""
        return [fields for name, fields in self.calls if name == method]

    async def wait_for(self, condition: Callable[[], object], seconds: float = 120) -> None:
        """Until the condition holds; it is looked at whenever something changed here."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: bool(condition()))

    async def push(self, kind: str, content: Fields) -> int:
        """Queue an update; its update_id."""
        self._updates += 1
        await self.push_raw({"update_id": self._updates, kind: content})
        return self._updates

    async def push_raw(self, update: Fields) -> None:
        """Queue an update as it is, a known one again for instance."""
        self.pending.append(update)
        await self.change()

    def next_message_id(self) -> int:
        """A new message's number."""
        self._numbers += 1
        return self._numbers

    # The server.

    async def change(self) -> None:
        """Tell those who wait that something is different."""
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        fields = await _fields(request)
        if request.match_info["token"] != self.token:
            return _refused(RefusalError(401, "Unauthorized"))
        self.calls.append((method, fields))
        fault = self._faults[method].popleft() if self._faults[method] else None
        try:
            return await (self._faulty(request, method, fields, fault) if fault else self._answer(method, fields))
        except RefusalError as refusal:
            return _refused(refusal)
        finally:
            await self.change()

    async def _faulty(self, request: web.Request, method: str, fields: Fields, fault: Fault) -> web.Response:
        accepted = (
            await self._answer(method, fields) if fault.accept or (fault.status == 200 and not fault.drop) else None
        )
        await asyncio.sleep(fault.delay)
        if fault.drop and request.transport:
            request.transport.abort()
            raise ConnectionResetError
        if fault.body is not None:
            return web.Response(status=fault.status, text=fault.body)
        if fault.status == 200 and accepted:
            return accepted
        raise RefusalError(
            fault.status, fault.description, **({"retry_after": fault.retry_after} if fault.retry_after else {})
        )

    async def _answer(self, method: str, fields: Fields) -> web.Response:
        answer: Callable[[Fields], Awaitable[Any]] | None = getattr(self, f"_on_{method.lower()}", None)
        if answer is None:
            raise RefusalError(404, "Not Found")
        return web.json_response({"ok": True, "result": await answer(fields)})

    async def _on_getme(self, fields: Fields) -> Fields:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Brenda", "username": self.username}

    async def _on_getupdates(self, fields: Fields) -> list[Fields]:
        if self.webhook.get("url"):
            raise RefusalError(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._poll:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        if offset := int(fields.get("offset", 0)):
            self.pending[:] = [update for update in self.pending if update["update_id"] >= offset]
        try:
            await self._await_updates(mine, float(fields.get("timeout", 0)))
            if mine.is_set():
                raise RefusalError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            return list(self.pending[:100])
        finally:
            if self._poll is mine:
                self._poll = None

    async def _await_updates(self, mine: asyncio.Event, seconds: float) -> None:
        await self.change()
        with suppress(TimeoutError):
            await self.wait_for(lambda: self.pending or mine.is_set(), seconds)

    async def _on_sendmessage(self, fields: Fields) -> Fields:
        chat = self._recipient(fields)
        text = checked_text(fields.get("text", ""), fields.get("parse_mode"))
        return self._accept("sendMessage", chat, text, fields)

    async def _on_sendphoto(self, fields: Fields) -> Fields:
        return self._accept_file("sendPhoto", "photo", fields)

    async def _on_senddocument(self, fields: Fields) -> Fields:
        return self._accept_file("sendDocument", "document", fields)

    async def _on_sendchataction(self, fields: Fields) -> bool:
        self._recipient(fields, paced=False)
        return True

    async def _on_answercallbackquery(self, fields: Fields) -> bool:
        if fields["callback_query_id"].startswith("old"):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return True

    async def _on_editmessagereplymarkup(self, fields: Fields) -> bool:
        checked_buttons(json.loads(fields.get("reply_markup", "{}")))
        return True

    async def _on_createinvoicelink(self, fields: Fields) -> str:
        checked_invoice(fields)
        self.invoices.append(fields)
        return f"https://t.me/$invoice{len(self.invoices)}"

    async def _on_answerprecheckoutquery(self, fields: Fields) -> bool:
        if fields["pre_checkout_query_id"].startswith("old"):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return True

    async def _on_refundstarpayment(self, fields: Fields) -> bool:
        return True

    async def _on_getmycommands(self, fields: Fields) -> list[Fields]:
        chat = _scope(fields)
        return self.commands if chat is None else self.chat_commands.get(chat, [])

    async def _on_setmycommands(self, fields: Fields) -> bool:
        chat, commands = _scope(fields), json.loads(fields["commands"])
        if chat is None:
            self.commands = commands
        elif chat in self.unknown:
            raise bad("chat not found")
        else:
            self.chat_commands[chat] = commands
        return True

    async def _on_getmydescription(self, fields: Fields) -> Fields:
        return {"description": self.description}

    async def _on_setmydescription(self, fields: Fields) -> bool:
        self.description = fields.get("description", "")
        return True

    async def _on_getmyshortdescription(self, fields: Fields) -> Fields:
        return {"short_description": self.short_description}

    async def _on_setmyshortdescription(self, fields: Fields) -> bool:
        self.short_description = fields.get("short_description", "")
        return True

    async def _on_getwebhookinfo(self, fields: Fields) -> Fields:
        counts = {"has_custom_certificate": False, "pending_update_count": len(self.pending)}
        return {"url": self.webhook.get("url", "")} | counts

    async def _on_setwebhook(self, fields: Fields) -> bool:
        await self._poster.stop()
        self.webhook = fields
        self._poster.start()
        return True

    async def _on_deletewebhook(self, fields: Fields) -> bool:
        await self._poster.stop()
        self.webhook = {}
        return True

    def _recipient(self, fields: Fields, paced: bool = True) -> int:
        chat = int(fields["chat_id"])
        if chat in self.unknown:
            raise bad("chat not found")
        if chat in self.blocked:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        if chat in self.deactivated:
            raise RefusalError(403, "Forbidden: user is deactivated")
        if paced:
            self._check_pace(chat)
        return chat

    def _check_pace(self, chat: int) -> None:
        now = time.monotonic()
        recent = [message for message in self.sent if now - message.at < 1]
        too_soon = any(message.chat == chat and now - message.at < self.chat_interval for message in self.sent)
        if too_soon or (self.per_second and len(recent) >= self.per_second):
            raise RefusalError(429, "Too Many Requests: retry after 1", retry_after=1)

    def _accept(self, method: str, chat: int, text: str, fields: Fields, file_id: str = "") -> Fields:
        buttons = checked_buttons(json.loads(fields.get("reply_markup", "{}")))
        sent = Sent(self.next_message_id(), method, chat, text, buttons, fields, time.monotonic(), file_id)
        self.sent.append(sent)
        kind = "private" if chat > 0 else "supergroup"
        return {
            "message_id": sent.message_id,
            "date": int(time.time()),
            "chat": {"id": chat, "type": kind},
            "text": text,
        }

    def _accept_file(self, method: str, kind: str, fields: Fields) -> Fields:
        chat = self._recipient(fields)
        caption = checked_caption(fields.get("caption", ""), fields.get("parse_mode"))
        file_id = self._file(kind, fields)
        message = self._accept(method, chat, caption, fields, file_id)
        shown: Fields = {"file_id": file_id, "file_unique_id": file_id[-8:]}
        del message["text"]
        return message | {kind: [shown | {"width": 1, "height": 1}] if kind == "photo" else shown}

    def _file(self, kind: str, fields: Fields) -> str:
        given = fields[kind]
        if not given.startswith("attach://"):
            if given not in self.uploads:
                raise bad("wrong file identifier/HTTP URL specified")
            if self.uploads[given][0] != kind:
                raise bad(f"can't use file of type {self.uploads[given][0]} as {kind}")
            return str(given)
        content = fields[given.removeprefix("attach://")]
        if not content:
            raise bad("file must be non-empty")
        file_id = f"file-{kind}-{len(self.uploads) + 1:06}"
        self.uploads[file_id] = (kind, content)
        return file_id


def _scope(fields: Fields) -> int | None:
    """The chat that a list of commands is for; None for everybody's."""
    scope = json.loads(fields.get("scope") or "{}")
    return int(scope["chat_id"]) if scope.get("type") == "chat" else None


async def _fields(request: web.Request) -> Fields:
    posted = await request.post()
    return {key: value.file.read() if isinstance(value, web.FileField) else value for key, value in posted.items()}


def _refused(refusal: RefusalError) -> web.Response:
    body: Fields = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)
