"""The jobs: turns that wait in the inbox, hand-offs that time out, follow-ups that are due, and what a crash left.

Every task may run twice and does its work once. One chat has one turn at a time (`lock`); a turn takes all that its
chat said meanwhile. What procrastinate itself may lose track of (a worker that was killed, a job that failed while the
database was away) is found again by the sweep, because the inbox knows who still waits for an answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import structlog
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from procrastinate import App, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as StoredJob
from procrastinate.jobs import Status
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from agent.checkpoints import prune
from agent.turn import Brenda
from agent.voice import say_to
from core.db import follow_ups, handoffs, inbox, outbox, people
from core.db.inbox import Taken
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.people import Lead
from core.domain.promises import FollowUp, FollowUpStatus
from core.domain.turn import TurnRequest
from core.integrations.queue import Job, Queue

log = structlog.get_logger(__name__)

Typing = Callable[[str], AbstractAsyncContextManager[None]]
"""Shows a chat that an answer is being written, while the context is open."""

SWEEP_CRON = "* * * * * */3"
"""Every three seconds."""
TIDY_CRON = "* * * * *"
"""Every minute."""
NAMELESS = timedelta(hours=24)
"""How long what belongs to no lead (any more) is kept."""
FORGOTTEN = timedelta(seconds=30)
"""A chat that has waited this long for a turn that nobody runs is queued again."""
MOST_ATTEMPTS = 6
"""After so many failures of one turn the person is told, and the chat goes on with what came next."""
MOST_PAUSES = 10
"""Who never stops typing is answered in between."""
HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 8.0
"""A worker whose heartbeat is older than this is taken for dead, and its jobs are run again."""

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


async def queue_turn(queue: Queue, connection: Connection, channel: str, chat: str) -> None:
    """Queue a turn for a chat, in the transaction that stored its input."""
    await queue.defer(connection, Job.TURN, lock=f"{channel}:{chat}", channel=channel, chat=chat)


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

    async def answer(self, channel: str, chat: str) -> None:
        """Take turns until nothing in this chat waits for one."""
        while True:
            await self._settled(channel, chat)
            async with self.brenda.pool.connection() as conn:
                taken = await inbox.take(conn, channel, chat)
            if taken is None:
                return
            if taken.attempts > MOST_ATTEMPTS:
                await self._give_up(channel, chat, taken)
            else:
                await self._turn(channel, chat, taken)
            self.spoken()

    async def _turn(self, channel: str, chat: str, taken: Taken) -> None:
        inputs = tuple(row.input for row in taken.rows)
        async with self.typing(chat):
            await self.brenda.take_turn(TurnRequest(turn_id=taken.turn_id, channel=channel, chat=chat, inputs=inputs))

    async def _give_up(self, channel: str, chat: str, taken: Taken) -> None:
        """A turn that fails again and again is answered honestly, so that it does not block its chat for ever."""
        log.error("turn_given_up", attempts=taken.attempts - 1)
        prompts, now = self.brenda.prompts.current, self.brenda.clock()
        apology = say_to(prompts, taken.turn_id, "system/model_trouble")
        draft = OutboxDraft(f"{taken.turn_id}:apology", channel, chat, taken.turn_id, apology)
        async with self.brenda.pool.connection() as conn, conn.transaction():
            await outbox.add(conn, [draft], now)
            await inbox.close(conn, taken.turn_id, now)

    async def _settled(self, channel: str, chat: str) -> None:
        """Wait until the person has stopped typing for a moment, but not for ever."""
        for _ in range(MOST_PAUSES):
            async with self.brenda.pool.connection() as conn:
                latest = await inbox.latest(conn, channel, chat)
            pause = self.quiet - (self.brenda.clock() - latest) if latest else timedelta()
            if pause <= timedelta():
                return
            await self.sleep(pause.total_seconds())

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
            given = Input(kind=InputKind.DEADLINE, action="handback", data={"handoff": handoff_id})
            await inbox.store(conn, lead.channel, inbox.world_id(f"handback:{handoff_id}"), lead.chat, given, now=now)
            await queue_turn(self.queue, conn, lead.channel, lead.chat)

    async def follow_up(self, follow_up_id: int) -> None:
        """Send a follow-up that was asked for, unless something since then speaks against it, which is recorded."""
        now = self.brenda.clock()
        async with self.brenda.pool.connection() as conn, conn.transaction():
            planned = await follow_ups.due(conn, follow_up_id)
            lead = await people.by_id(conn, planned.lead_id) if planned else None
            if planned is None or lead is None:
                return
            reason = reason_to_withhold(lead)
            status = FollowUpStatus.WITHHELD if reason else FollowUpStatus.SENT
            if await follow_ups.decide(conn, follow_up_id, status, reason, now) and not reason:
                await self._send(conn, lead, planned, now)
        self.spoken()

    async def _send(self, conn: Connection, lead: Lead, planned: FollowUp, now: datetime) -> None:
        prompts = self.brenda.prompts.current
        key = f"follow_up:{planned.id}"
        course = await self.brenda.course_name(conn, lead.course_id)
        text = say_to(prompts, key, "follow_up/asked", name=lead.name or "", note=planned.note, course_name=course)
        draft = OutboxDraft(
            key=key,
            channel=lead.channel,
            chat=lead.chat,
            turn_id=key,
            message=text,
            lead_id=lead.id,
            prompt_hash=prompts.hash,
        )
        await outbox.add(conn, [draft], now)

    async def sweep(self) -> None:
        """Take up what a crash left: jobs of dead workers, and chats that nobody answers."""
        for job in await self.queue.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            await self._retry(job)
        async with self.brenda.pool.connection() as conn:
            for channel, chat in await inbox.forgotten(conn, self.brenda.clock() - FORGOTTEN):
                if not await self._is_queued(f"{channel}:{chat}"):
                    log.warning("forgotten_chat_queued")
                    await queue_turn(self.queue, conn, channel, chat)

    async def _retry(self, job: StoredJob) -> None:
        """Another worker's sweep may have been faster, which must not keep this one from the rest."""
        try:
            await self.queue.app.job_manager.retry_job(job)
        except ConnectorException:
            return
        log.warning("stalled_job_retried", job=job.id, task=job.task_name)

    async def tidy(self) -> None:
        """Delete what nobody needs: old checkpoints, the last words to the erased, jobs that failed for good."""
        await prune(self.saver)
        async with self.brenda.pool.connection() as conn:
            await outbox.forget_nameless(conn, self.brenda.clock() - NAMELESS)
        await self.queue.app.job_manager.delete_old_jobs(
            NAMELESS // timedelta(hours=1), include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def _is_queued(self, lock: str) -> bool:
        listed: list[StoredJob] = []
        for status in (Status.TODO, Status.DOING):
            listed += await self.queue.app.job_manager.list_jobs_async(lock=lock, status=status.value)
        return bool(listed)


def reason_to_withhold(lead: Lead) -> str | None:
    """Why a follow-up that the person asked for is not sent after all, as a code."""
    if lead.blocked:
        return "blocked"
    if lead.stage is Stage.OPTED_OUT:
        return "opted_out"
    return "human_in_charge" if lead.stage is Stage.HANDOFF else None


def register(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its tasks. `desk` is asked when a job runs, because it needs the app's own queue to be made."""

    @app.task(name=Job.TURN.value, retry=_RETRY)
    async def turn(channel: str, chat: str) -> None:
        await desk().answer(channel, chat)

    @app.task(name=Job.HAND_BACK.value, retry=_RETRY)
    async def hand_back(handoff: int) -> None:
        await desk().hand_back(handoff)

    @app.task(name=Job.FOLLOW_UP.value, retry=_RETRY)
    async def follow_up(follow_up: int) -> None:
        await desk().follow_up(follow_up)

    @app.periodic(cron=SWEEP_CRON)
    @app.task(name=Job.SWEEP.value, queueing_lock=Job.SWEEP.value, pass_context=False)
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await desk().sweep()

    @app.periodic(cron=TIDY_CRON)
    @app.task(name=Job.TIDY.value, queueing_lock=Job.TIDY.value, pass_context=False)
    async def tidy(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await desk().tidy()


async def run_worker(app: App, concurrency: int, name: str, listen: bool = True) -> None:
    """Work until cancelled; what is running is finished first. While the database is away, wait for it.

    Without `listen` new jobs are looked for once a second.
    """
    options: dict[str, Any] = {
        "concurrency": concurrency,
        "name": name,
        "install_signal_handlers": False,
        "listen_notify": listen,
        "fetch_job_polling_interval": 1.0,
        "update_heartbeat_interval": HEARTBEAT_SECONDS,
        "stalled_worker_timeout": DEAD_AFTER_SECONDS,
        "delete_jobs": "successful",
        "shutdown_graceful_timeout": 20.0,
    }
    while True:  # a worker that lost only its heartbeat ends as if it had been told to
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((ConnectorException, psycopg.Error)),
            wait=wait_exponential_jitter(multiplier=0.5, max=5.0),
            before_sleep=lambda _: log.warning("worker_lost_the_database"),
        ):
            with attempt:
                await app.run_worker_async(**options)
