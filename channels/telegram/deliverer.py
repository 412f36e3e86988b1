"""The deliverer: claims what is due in the outbox and lets each chat's row be delivered beside the others'.

It looks when it is woken (something was committed here), when a delivery ends (the chat's next row may go) and once a
second (something was committed elsewhere). A row that it already has in hand is never begun again, however long the
database was away.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from channels.telegram import CHANNEL
from channels.telegram.backoff import Backoff
from channels.telegram.delivery import LEASE_SECONDS, Delivery
from channels.telegram.receiver import is_outage
from core.db import outbox
from core.db.outbox import OutboxRow

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 30
LAST_SECONDS = 25.0


@dataclass(slots=True)
class Deliverer:
    """`wake` is set by whoever committed outbox rows in this process."""

    delivery: Delivery
    wake: asyncio.Event
    idle_seconds: float = 1.0
    outage: Backoff = field(default_factory=Backoff)
    _in_hand: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        """Deliver until the delivery's `stop`; then what is under way is finished."""
        stop = self.delivery.stop
        try:
            while not stop.is_set():
                self.wake.clear()
                if not await self._begin_some():
                    await self._rest()
        finally:
            await self._finish()

    async def _begin_some(self) -> bool:
        """Claim and begin; False when there was nothing to begin."""
        room = MOST_AT_ONCE - len(self._in_hand)
        if room <= 0 or self.delivery.pace.pause() > 0:
            return False
        try:
            rows = await self._claim(room)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("outbox_out_of_reach")
            await self.outage.wait(self.delivery.stop)
            return True
        self.outage.reset()
        for row in rows:
            self._begin(row)
        return bool(rows)

    async def _claim(self, room: int) -> list[OutboxRow]:
        now = self.delivery.clock()
        async with self.delivery.pool.connection() as conn:
            rows = await outbox.claim_next(conn, CHANNEL, now, LEASE_SECONDS, room)
            lost = [] if rows else await outbox.give_up_unclear(conn, CHANNEL, now)
        if lost:
            log.error("delivery_unclear_twice", outbox=lost)
        return rows

    def _begin(self, row: OutboxRow) -> None:
        if row.id in self._in_hand:
            return
        task = asyncio.create_task(self.delivery.deliver(row))
        self._in_hand[row.id] = task
        task.add_done_callback(lambda done: self._ended(row.id, done))

    def _ended(self, row_id: int, task: asyncio.Task[None]) -> None:
        self._in_hand.pop(row_id, None)
        self.wake.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery_broke_off", outbox=row_id, exc_info=error)

    async def _rest(self) -> None:
        """Until something may have changed."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self.wake, self.delivery.stop)]
        try:
            await asyncio.wait(waits, timeout=self._rest_seconds(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _rest_seconds(self) -> float:
        pause = self.delivery.pace.pause()
        return min(self.idle_seconds, pause) if pause > 0 else self.idle_seconds

    async def _finish(self) -> None:
        if not self._in_hand:
            return
        _, unfinished = await asyncio.wait(list(self._in_hand.values()), timeout=LAST_SECONDS)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
