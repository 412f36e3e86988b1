"""Dead letters: why a job failed is written down, because the queue keeps only that it did.

An error's own words are kept when it is one of ours, whose messages hold no personal data; of any other only its type
and the place in our code, for a database's error may quote the row that it refused.
"""

import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker

from core.db.queue_report import NOTE_FAILURE
from core.domain.clock import system_clock
from core.errors import BrendaError

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[2]
MOST_CHARS = 500


async def noting_failures(call_next: AsyncCallNext, context: JobContext, worker: Worker) -> Any:
    """A middleware of the worker: whatever a job raises is noted and raised again."""
    try:
        return await call_next()
    except Exception as error:
        with suppress(ConnectorException):  # the database is what failed; the queue knows that much by itself
            await worker.app.connector.execute_query_async(
                NOTE_FAILURE, job=context.job.id, error=told(error), now=system_clock()
            )
        raise


def told(error: BaseException) -> str:
    """The error as it may be kept."""
    name = type(error).__name__
    if isinstance(error, BrendaError):
        return f"{name}: {error}"[:MOST_CHARS]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    place = f" at {Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}" if frames else ""
    return f"{name}{place}"[:MOST_CHARS]


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(ROOT) and ".venv" not in path.parts and path != Path(__file__)
