"""The worker's look into the queue: whenever there may be something, and not when there cannot.

Procrastinate looks for a job when one is announced and again after each that it found; else once an interval. So who
writes while they are being answered waits for the interval: their job is locked when it is announced, and nobody
announces that the lock is free. What is announced while a look is under way may be overlooked as long. Here the end of
a job that may have stood in the way is one more reason to look, and the look after the only announced job is spared.
The look once an interval stays what it was, for jobs of which nothing was heard.
"""

from collections.abc import Iterable
from datetime import datetime

from procrastinate.connector import BaseAsyncConnector
from procrastinate.jobs import Job, JobInserted, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

LOOK = JobInserted(type="job_inserted", job_id=0)


class WatchfulManager(JobManager):
    """The manager of one worker's jobs."""

    def __init__(self, connector: BaseAsyncConnector) -> None:
        super().__init__(connector)
        self._wake: NotificationCallback | None = None
        self._announced = 0
        """Jobs that were announced and not yet looked for."""
        self._running = 0
        self._ended = 0
        self._locked = False
        """Whether an announced job was not found while others ran: one of them may hold its lock."""
        self._sated = False
        """Whether the last look found the only job that was announced."""

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """As the library's, and remember how many jobs were announced."""

        async def heard(*, channel: str, notification: Notification) -> None:
            self._announced += notification["type"] == "job_inserted"
            await on_notification(channel=channel, notification=notification)

        self._wake = on_notification
        await super().listen_for_jobs(on_notification=heard, queues=queues)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """As the library's, but nothing is asked right after the only announced job was found."""
        sated, self._sated = self._sated, False
        if sated and not self._announced:
            return None
        while True:
            known, ended = self._announced, self._ended
            job = await super().fetch_job(queues, worker_id)
            if job is not None:
                self._found()
                return job
            # The server may have looked before what has been heard of since.
            if self._announced == known and (self._ended == ended or not known):
                break
        self._locked = self._running > 0 and (self._locked or known > 0)
        self._announced = 0
        return None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """As the library's, and look for what waited for this job's end."""
        await super().finish_job(job, status, delete_job)
        await self._freed()

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """As the library's, and look for what waited for this job's lock."""
        await super().retry_job(job, retry_at, priority, queue, lock)
        await self._freed()

    def _found(self) -> None:
        self._running += 1
        self._sated = self._announced == 1
        self._announced = max(0, self._announced - 1)

    async def _freed(self) -> None:
        self._running = max(0, self._running - 1)
        self._ended += 1
        if self._locked and self._wake is not None:
            self._announced += 1
            await self._wake(channel="", notification=LOOK)
