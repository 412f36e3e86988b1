"""The sweep and the tidying: what a crash left is taken up again, and what nobody needs any more is deleted."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as StoredJob
from procrastinate.jobs import Status

from agent.checkpoints import prune
from channels.jobs.desk import Desk
from channels.jobs.webhooks import webhook_desk
from channels.jobs.worker import DEAD_AFTER_SECONDS
from core.db import dispatches, inbox, outbox, queue_report

log = structlog.get_logger(__name__)

NAMELESS = timedelta(hours=24)
"""How long what belongs to no lead (any more) is kept."""
READABLE = timedelta(days=90)
"""How long it can be read what an e-mail said and what the CRM was told, sent or only recorded."""
SEEN = timedelta(days=7)
"""How long a job that failed for good can be seen."""
FORGOTTEN = timedelta(seconds=30)
"""A chat that has waited this long for a turn that nobody runs is queued again."""


@dataclass(frozen=True, slots=True)
class Broom:
    """Sweeps and tidies behind a desk."""

    desk: Desk

    async def sweep(self) -> None:
        """Take up what a crash left: jobs of dead workers, and chats that nobody answers."""
        for job in await self.desk.queue.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            await self._retry(job)
        async with self.desk.brenda.pool.connection() as conn:
            for channel, chat in await inbox.forgotten(conn, self.desk.brenda.clock() - FORGOTTEN):
                if not await self._is_queued(f"{channel}:{chat}"):
                    log.warning("forgotten_chat_queued")
                    await self.desk.queue.turn(conn, channel, chat)

    async def _retry(self, job: StoredJob) -> None:
        """Another worker's sweep may have been faster, which must not keep this one from the rest."""
        try:
            await self.desk.queue.app.job_manager.retry_job(job)
        except ConnectorException:
            return
        log.warning("stalled_job_retried", job=job.id, task=job.task_name)

    async def tidy(self) -> None:
        """Delete what nobody needs: old checkpoints, the last words to the erased, old e-mails, jobs that are over.

        A job that failed for good stays for a while, to be seen and perhaps tried again.
        """
        await prune(self.desk.saver)
        async with self.desk.brenda.pool.connection() as conn:
            await outbox.forget_nameless(conn, self.desk.brenda.clock() - NAMELESS)
            await queue_report.forget_nameless(conn)
            await dispatches.empty(conn, self.desk.brenda.clock() - READABLE)
        await webhook_desk(self.desk).tidy()
        jobs = self.desk.queue.app.job_manager
        await jobs.delete_old_jobs(NAMELESS // timedelta(hours=1), include_cancelled=True, include_aborted=True)
        await jobs.delete_old_jobs(SEEN // timedelta(hours=1), include_failed=True)

    async def _is_queued(self, lock: str) -> bool:
        listed: list[StoredJob] = []
        for status in (Status.TODO, Status.DOING):
            listed += await self.desk.queue.app.job_manager.list_jobs_async(lock=lock, status=status.value)
        return bool(listed)
