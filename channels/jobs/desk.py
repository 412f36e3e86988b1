"""The desk at which turns are answered: what waits for a chat is taken, answered, and closed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from agent.turn import Brenda
from agent.voice import say_to
from core.db import handoffs, inbox, meetings, outbox, people
from core.db.inbox import Taken
from core.db.meetings import Waiting
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.domain.messages import Input, InputKind
from core.domain.promises import HandoffStatus
from core.domain.turn import TurnRequest
from core.integrations.queue import Job, Queue
from core.world.arrivals import arrive

log = structlog.get_logger(__name__)

Typing = Callable[[str], AbstractAsyncContextManager[None]]
"""Shows a chat that an answer is being written, while the context is open."""

MOST_ATTEMPTS = 6
"""After so many failures of one turn the person is told, and the chat goes on with what came next."""
MOST_PAUSES = 10
"""Who never stops typing is answered in between."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the jobs need. `spoken` is called after something was written to the outbox; `quiet` is how long a chat
    must have been silent before it is answered, so that a burst of messages gets one answer.
    """

    brenda: Brenda
    queue: Queue
    saver: AsyncPostgresSaver
    typing: Typing
    spoken: Callable[[], None]
    quiet: timedelta
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def answer(self, channel: str, chat: str) -> bool:
        """Take the chat's next turn; False when nothing waited. What else waits has a job of its own, as all inputs."""
        waiting = await self._settled(channel, chat)
        if waiting is None:
            return False
        if waiting.taken.attempts > MOST_ATTEMPTS:
            await self._give_up(channel, chat, waiting.taken)
        else:
            await self._turn(channel, chat, waiting)
        self.spoken()
        return True

    async def _turn(self, channel: str, chat: str, waiting: Waiting) -> None:
        inputs = tuple(row.input for row in waiting.taken.rows)
        request = TurnRequest(turn_id=waiting.taken.turn_id, channel=channel, chat=chat, inputs=inputs)
        async with self.typing(chat):
            await self.brenda.take_turn(request, waiting.meeting)

    async def _give_up(self, channel: str, chat: str, taken: Taken) -> None:
        """A turn that fails again and again is answered honestly, so that it does not block its chat for ever."""
        log.error("turn_given_up", attempts=taken.attempts - 1)
        prompts, now = self.brenda.prompts.current, self.brenda.clock()
        apology = say_to(prompts, taken.turn_id, "system/model_trouble")
        draft = OutboxDraft(f"{taken.turn_id}:apology", channel, chat, taken.turn_id, apology)
        async with self.brenda.pool.connection() as conn, conn.transaction():
            await outbox.add(conn, [draft], now)
            await inbox.close(conn, taken.turn_id, now)

    async def _settled(self, channel: str, chat: str) -> Waiting | None:
        """What waits, once the person has stopped typing for a moment; but not for ever."""
        for _ in range(MOST_PAUSES):
            settled = self.brenda.clock() - self.quiet
            async with self.brenda.pool.connection() as conn:
                waiting = await self._take(conn, channel, chat, settled)
                latest = None if waiting else await inbox.latest(conn, channel, chat)
            if latest is None:
                return waiting
            await self.sleep(max((latest - settled).total_seconds(), 0))
        async with self.brenda.pool.connection() as conn:
            return await self._take(conn, channel, chat)

    async def _take(self, conn: Connection, channel: str, chat: str, settled: datetime | None = None) -> Waiting | None:
        samples, now = self.brenda.settings.tells_samples, self.brenda.clock()
        return await meetings.take(conn, channel=channel, chat=chat, samples=samples, now=now, settled=settled)

    async def hand_back(self, handoff_id: int) -> None:
        """End a hand-off whose time is over; one that was taken up meanwhile waits for its new deadline."""
        now = self.brenda.clock()
        async with self.brenda.pool.connection() as conn, conn.transaction():
            handoff = await handoffs.by_id(conn, handoff_id)
            if handoff is None or handoff.closed_at is not None:
                return
            if handoff.deadline_at > now:
                await self.queue.defer(conn, Job.HAND_BACK, at=handoff.deadline_at, handoff=handoff_id)
                return
            lead = await people.by_id(conn, handoff.lead_id)
            if lead is None or not await handoffs.time_out(conn, handoff_id, now):
                return
            action = "unanswered" if handoff.status is HandoffStatus.WAITING else "handback"
            given = Input(kind=InputKind.DEADLINE, action=action, data={"handoff": handoff_id})
            await arrive(conn, lead, f"handback:{handoff_id}", given, now=now)
