"""Telegram's pace: one message a second per chat, about thirty a second in all, and silence when it asks for some.

The distances kept are a little longer than the limits, because messages may bunch up on their way.

Places in time are reserved, not fought for: whoever asks gets the next free moment of its chat, and then the next free
moment of the whole bot. A single chat that is told to wait delays only itself; when two chats are told so within a few
seconds, it is the bot that is too fast, and everybody waits.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

_FLOOD_WINDOW = 5.0
_MOST_CHATS = 10_000


@dataclass(slots=True)
class Pace:
    """`seconds` is a monotonic clock in seconds; `chat_interval` and `interval` are the least distances of sends."""

    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chat_interval: float = 1.05
    interval: float = 1 / 29
    _chats: dict[str, float] = field(default_factory=dict)
    _next: float = 0.0
    _paused_until: float = 0.0
    _last_flood: tuple[str, float] = ("", -_FLOOD_WINDOW)

    async def wait(self, chat: str) -> None:
        """Return when a message may be sent to this chat; its place is then used up. One waiter a chat at a time."""
        await self._until(self._reserve_chat(chat))
        while self.pause() > 0:
            await self._until(self._paused_until)
        await self._until(self._reserve())
        # The whole bot's pace may have made this later than the chat's own place was.
        self._chats[chat] = max(self._chats.get(chat, 0.0), self.seconds() + self.chat_interval)

    def pause(self) -> float:
        """Seconds for which nobody may be sent anything; zero or less when it is not so."""
        return self._paused_until - self.seconds()

    def hold(self, seconds: float) -> None:
        """Nobody is sent anything for so long."""
        self._paused_until = max(self._paused_until, self.seconds() + seconds)

    def flooded(self, chat: str, seconds: float) -> None:
        """Telegram asked for silence in this chat, and perhaps meant all of them."""
        now = self.seconds()
        self._chats[chat] = max(self._chats.get(chat, now), now + seconds)
        other, when = self._last_flood
        if other not in ("", chat) and now - when < _FLOOD_WINDOW:
            self.hold(seconds)
        self._last_flood = (chat, now)

    def _reserve_chat(self, chat: str) -> float:
        now = self.seconds()
        place = max(now, self._chats.get(chat, now))
        self._chats[chat] = place + self.chat_interval
        if len(self._chats) > _MOST_CHATS:
            self._chats = {name: free for name, free in self._chats.items() if free > now}
        return place

    def _reserve(self) -> float:
        place = max(self.seconds(), self._next)
        self._next = place + self.interval
        return place

    async def _until(self, moment: float) -> None:
        if (seconds := moment - self.seconds()) > 0:
            await self.sleep(seconds)
