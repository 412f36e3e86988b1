"""Delivering one row of the outbox: its parts one after the other, and what becomes of the row.

What came of a send is written down however long the database is away, because a row whose send is not on record would
be sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from channels.telegram import CHANNEL
from channels.telegram.backoff import Backoff
from channels.telegram.failures import Outcome, Verdict, judge
from channels.telegram.pace import Pace
from channels.telegram.parts import Part
from channels.telegram.receiver import is_outage
from channels.telegram.sending import REQUEST_SECONDS, UPLOAD_SECONDS, Sender
from core.db import blocks, outbox
from core.db.outbox import OutboxRow
from core.db.pool import Connection, Pool
from core.domain.clock import Clock

log = structlog.get_logger(__name__)
T = TypeVar("T")

PART_SECONDS = REQUEST_SECONDS + UPLOAD_SECONDS
LEASE_SECONDS = 1.5 * PART_SECONDS
"""A part is begun only while the lease still covers it, so that nobody else takes the row in mid-send."""

_TOKEN_SECONDS = 30.0
_UNCLEAR_SECONDS = 2.0


@dataclass(slots=True)
class Delivery:
    """Carries rows out. `trouble` counts failures to reach Telegram in a row."""

    pool: Pool
    sender: Sender
    pace: Pace
    clock: Clock
    stop: asyncio.Event
    trouble: Backoff = field(default_factory=lambda: Backoff(first=1.0))

    async def deliver(self, row: OutboxRow) -> None:
        """Send what is left of a claimed row, and write down what came of it."""
        parts = await self.sender.plan(row.message)
        if not parts:
            await self._record(lambda conn: outbox.fail(conn, row.id, "there is nothing to see in this message"))
            return
        delivered, lease_until = list(row.delivered), row.lease_until
        for part in parts[len(delivered) :]:
            await self.pace.wait(row.chat)
            if self.stop.is_set() or self.clock() > lease_until - timedelta(seconds=PART_SECONDS):
                await self._record(lambda conn: outbox.postpone(conn, row.id, self.clock()))
                return
            external_id = await self._send(row, part)
            if external_id is None:
                return
            delivered.append(external_id)
            if len(delivered) < len(parts):
                lease_until = self.clock() + timedelta(seconds=LEASE_SECONDS)
                await self._record(_progress(row.id, tuple(delivered), lease_until))
        last = delivered[-1]
        await self._record(lambda conn: outbox.sent(conn, row.id, last, self.clock()))

    async def _send(self, row: OutboxRow, part: Part) -> str | None:
        """Telegram's id of the message, or None when it failed; then the row is settled."""
        try:
            external_id = await self.sender.send(row.chat, part)
        except Exception as error:
            await self._settle(row, judge(error))
            return None
        self.trouble.reset()
        return external_id

    async def _settle(self, row: OutboxRow, verdict: Verdict) -> None:
        if verdict.outcome not in (Outcome.AGAIN, Outcome.REVOKED):
            self.trouble.reset()
        match verdict.outcome:
            case Outcome.WAIT:
                self.pace.flooded(row.chat, verdict.seconds)
                await self._postpone(row, verdict.seconds, verdict.reason)
            case Outcome.AGAIN:
                await self._hold(row, self.trouble.next_seconds(), verdict.reason)
            case Outcome.REVOKED:
                log.error("telegram_token_refused", setting="TELEGRAM_BOT_TOKEN")
                await self._hold(row, _TOKEN_SECONDS, verdict.reason)
            case Outcome.UNCLEAR:
                await self._doubt(row, verdict.reason)
            case Outcome.GONE:
                await self._mark_gone(row, verdict.reason)
            case Outcome.REFUSED | Outcome.MARKUP | Outcome.BUTTONS:
                log.error("message_refused", outbox=row.id, reason=verdict.reason)
                await self._record(lambda conn: outbox.fail(conn, row.id, verdict.reason))

    async def _hold(self, row: OutboxRow, seconds: float, reason: str) -> None:
        """Telegram cannot be reached, which is no chat's own trouble."""
        log.warning("telegram_unreachable", outbox=row.id, reason=reason)
        self.pace.hold(seconds)
        await self._postpone(row, seconds, reason)

    async def _postpone(self, row: OutboxRow, seconds: float, reason: str) -> None:
        until = self.clock() + timedelta(seconds=seconds)
        await self._record(lambda conn: outbox.postpone(conn, row.id, until, reason))

    async def _doubt(self, row: OutboxRow, reason: str) -> None:
        until = self.clock() + timedelta(seconds=_UNCLEAR_SECONDS)
        retried = await self._record(lambda conn: outbox.unclear(conn, row.id, until, reason))
        log.warning("delivery_unclear", outbox=row.id, reason=reason, retried=retried)

    async def _mark_gone(self, row: OutboxRow, reason: str) -> None:
        known = await self._record(lambda conn: blocks.block(conn, CHANNEL, row.chat, self.clock(), reason))
        log.info("recipient_gone", outbox=row.id, reason=reason, lead=known)

    async def _record(self, write: Callable[[Connection], Awaitable[T]]) -> T | None:
        """Write to the database, again and again while it is away, but not forever once a stop is asked for."""
        patience = Backoff(most=5.0)
        while True:
            try:
                async with self.pool.connection() as conn:
                    return await write(conn)
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("delivery_waits_for_database")
            if self.stop.is_set() and patience.failures >= 3:
                log.error("delivery_not_recorded")
                return None
            await asyncio.sleep(patience.next_seconds())


def _progress(
    row_id: int, delivered: tuple[str, ...], lease_until: datetime
) -> Callable[[Connection], Awaitable[None]]:
    return lambda conn: outbox.progress(conn, row_id, delivered, lease_until)
