"""The worker: it takes jobs until it is cancelled, and outlives a database that goes away."""

from typing import Any

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from channels.jobs.dead_letters import noting_failures

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 8.0
"""A worker whose heartbeat is older than this is taken for dead, and its jobs are run again."""


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
        "worker_middleware": [noting_failures],
    }
    while True:  # a worker that lost only its heartbeat ends as if it had been told to
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((ConnectorException, psycopg.Error)),
            wait=wait_exponential_jitter(multiplier=0.5, max=5.0),
            before_sleep=lambda _: log.warning("worker_lost_the_database"),
        ):
            with attempt:
                await app.run_worker_async(**options)
