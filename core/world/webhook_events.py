"""The desk at which stored webhook events are worked off: one transaction an event, by the handler of its provider.

A handler gets the connection of that transaction and must not commit it; whatever it does, and the event's being done,
happen together or not at all. Events may come in any order and arrive late: a handler looks at what is, not at what
came before. One that fails is tried again; after `MOST_ATTEMPTS` it is given up, logged, and stays to be seen.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.db import webhook_events
from core.db.pool import Connection, Pool
from core.db.webhook_events import StoredEvent
from core.domain.clock import Clock

log = structlog.get_logger(__name__)

Handler = Callable[[Connection, StoredEvent], Awaitable[bool]]
"""Does what an event asks for; False when it does not know the event's kind."""

MOST_ATTEMPTS = 6
KEPT = timedelta(days=30)
"""How long a closed event is kept; providers repeat an event for some days at most."""


@dataclass(frozen=True, slots=True)
class WebhookDesk:
    """`handlers` by provider; `spoken` is called after something may have been written to the outbox or the inbox."""

    pool: Pool
    handlers: Mapping[str, Handler]
    clock: Clock
    spoken: Callable[[], None]

    async def process(self, event_id: int) -> None:
        """Work off one event, once, however often this is called.

        Raises:
            Exception: whatever the handler raised, unless it was the last attempt.
        """
        async with self.pool.connection() as conn:
            if await webhook_events.attempt(conn, event_id) is None:
                return
        try:
            await self._work(event_id)
        except Exception as error:
            if not await self._failed(event_id, error):
                raise
        self.spoken()

    async def tidy(self) -> None:
        """Forget what was closed long ago."""
        async with self.pool.connection() as conn:
            await webhook_events.forget(conn, self.clock() - KEPT)

    async def _work(self, event_id: int) -> None:
        async with self.pool.connection() as conn, conn.transaction():
            event = await webhook_events.take(conn, event_id)
            if event is None:
                return
            handler = self.handlers.get(event.provider)
            known = await handler(conn, event) if handler else False
            await webhook_events.close(conn, event_id, known, self.clock())

    async def _failed(self, event_id: int, error: Exception) -> bool:
        """Note an attempt's end; only the error's type is kept, because its words may repeat the event's."""
        name = type(error).__name__
        async with self.pool.connection() as conn:
            given_up = await webhook_events.fail(conn, event_id, name, MOST_ATTEMPTS, self.clock())
        if given_up:
            log.error("webhook_event_given_up", webhook_event=event_id, error=name, exc_info=error)
        return given_up
