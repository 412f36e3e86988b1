"""Long polling, one update after the other: the offset moves past an update only when it is stored.

Updates are read from Telegram's JSON one by one here, because a single one that this library does not understand would
otherwise hold back all those that came with it. What cannot be read or stored is noted as such, and passed over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Update
from pydantic import ValidationError

from channels.telegram.backoff import Backoff, rest
from channels.telegram.failures import token_error
from channels.telegram.inputs import ALLOWED_UPDATES
from channels.telegram.poller_lease import busy_error
from channels.telegram.unreadable import UNREADABLE, unreadable
from core.errors import DatabaseUnavailableError

log = structlog.get_logger(__name__)
T = TypeVar("T")

Receive = Callable[[Update], Awaitable[None]]
PutAside = Callable[[int, str, str], Awaitable[None]]
"""Notes an update with which nothing can be done: its number, what it is called, and why."""

_MOST_CONFLICTS = 3
_MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An update of which only the number is understood."""

    update_id: int
    reason: str


@dataclass(slots=True)
class Poller:
    """`poll_seconds` is how long Telegram may hold a request that has nothing to tell."""

    bot: Bot
    receive: Receive
    put_aside: PutAside
    poll_seconds: int = 25
    network: Backoff = field(default_factory=Backoff)
    storing: Backoff = field(default_factory=Backoff)
    conflicts: Backoff = field(default_factory=lambda: Backoff(first=1.0))
    offset: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`.

        Raises:
            ChannelBusyError: another process polls with the same token.
            SettingsError: Telegram does not know the token (any more).
        """
        while not stop.is_set():
            for update in await self._poll(stop):
                if not await self._store(update, stop):
                    return
                self.offset = max(self.offset or 0, update.update_id + 1)

    async def _poll(self, stop: asyncio.Event) -> list[Update | Unreadable]:
        try:
            updates = await _or_stop(self._ask(), stop)
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise token_error() from error
        except TelegramConflictError as error:
            await self._yield_to_other(error, stop)
        except TelegramRetryAfter as error:
            await rest(stop, error.retry_after)
        except AiogramError as error:
            log.warning("telegram_unreachable", error=type(error).__name__)
            await self.network.wait(stop)
        else:
            self.network.reset()
            self.conflicts.reset()
            return updates or []
        return []

    async def _ask(self) -> list[Update | Unreadable]:
        try:
            return [
                *await self.bot.get_updates(
                    offset=self.offset,
                    timeout=self.poll_seconds,
                    allowed_updates=ALLOWED_UPDATES,
                    request_timeout=self.poll_seconds + 10,
                )
            ]
        except ClientDecodeError as error:
            return self._salvage(error)

    def _salvage(self, error: ClientDecodeError) -> list[Update | Unreadable]:
        """The updates of an answer that did not parse as a whole."""
        result = error.data.get("result") if isinstance(error.data, dict) and error.data.get("ok") else None
        if not isinstance(result, list):
            raise error
        return [self._read(item) for item in result]

    def _read(self, item: Any) -> Update | Unreadable:
        try:
            return Update.model_validate(item, context={"bot": self.bot})
        except ValidationError as error:
            number = _number(item)
            return Unreadable(number, unreadable(number, error))

    async def _store(self, update: Update | Unreadable, stop: asyncio.Event) -> bool:
        """Store an update however long the database is away; False when `stop` came first.

        One that fails for another reason, again and again, is noted and passed over: it would hold everybody up.
        """
        lost = Unreadable(update.update_id, "it could not be stored")
        ways: list[Callable[[], Awaitable[None]]]
        if isinstance(update, Unreadable):
            ways = [partial(self._note, update)]
        else:
            ways = [partial(self.receive, update), partial(self._note, lost)]
        for way in ways:
            if await self._done(way, update.update_id, stop):
                return True
            if stop.is_set():
                return False
        return True

    async def _done(self, work: Callable[[], Awaitable[None]], number: int, stop: asyncio.Event) -> bool:
        self.storing.reset()
        while True:
            try:
                await work()
            except DatabaseUnavailableError:
                log.warning("update_waits_for_database", update_id=number)
            except Exception:
                log.exception("update_not_stored", update_id=number)
                if self.storing.failures + 1 >= _MOST_TRIES:
                    return False
            else:
                return True
            await self.storing.wait(stop)
            if stop.is_set():
                return False

    async def _note(self, update: Unreadable) -> None:
        await self.put_aside(update.update_id, UNREADABLE, update.reason)

    async def _yield_to_other(self, error: TelegramConflictError, stop: asyncio.Event) -> None:
        """A conflict may be the last request of a process that just ended; several in a row are another poller."""
        if self.conflicts.failures + 1 >= _MOST_CONFLICTS:
            raise busy_error("Another process") from error
        await self.conflicts.wait(stop)


async def _or_stop(work: Awaitable[T], stop: asyncio.Event) -> T | None:
    """The result of `work`, or None when `stop` came first and `work` was called off."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for task in (doing, stopping):
            task.cancel()
        await asyncio.gather(doing, stopping, return_exceptions=True)


def _number(item: Any) -> int:
    number = item.get("update_id") if isinstance(item, dict) else None
    return number if isinstance(number, int) else 0
