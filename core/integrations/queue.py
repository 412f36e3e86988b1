"""The job queue: procrastinate on the same Postgres, so that a job is deferred in the transaction that needs it.

Tasks are named here and written elsewhere: lower layers defer them by name and do not import them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from procrastinate import App, PsycopgConnector
from psycopg import AsyncConnection

from core.db.pool import Pool
from core.integrations.watchful_manager import WatchfulManager


class Job(StrEnum):
    """The jobs there are."""

    TURN = "brenda.turn"
    HAND_BACK = "brenda.hand_back"
    FOLLOW_UP = "brenda.follow_up"
    PLAN = "brenda.plan"
    DISPATCH = "brenda.dispatch"
    SERVICES = "brenda.services"
    MAIL_PLAN = "brenda.mail_plan"
    WEBHOOK = "brenda.webhook"
    CHECKOUT = "brenda.checkout"
    BOOKING_OVER = "brenda.booking_over"
    DESK_ROUND = "brenda.desk_round"
    SWEEP = "brenda.sweep"
    TIDY = "brenda.tidy"


@asynccontextmanager
async def queue_app(pool: Pool) -> AsyncIterator[App]:
    """Procrastinate's app on the shared pool. Its listener opens a connection of its own."""
    connector = PsycopgConnector()
    app = App(connector=connector, periodic_defaults={"max_delay": 60.0})
    app.job_manager = WatchfulManager(connector)
    async with app.open_async(pool):
        yield app


class Queue:
    """Defers jobs of an app."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def defer(
        self,
        connection: AsyncConnection[Any],
        job: Job,
        *,
        lock: str | None = None,
        at: datetime | None = None,
        **arguments: str | int,
    ) -> None:
        """Put a job into the queue, in the connection's transaction. `lock`: one at a time; `at`: not before."""
        deferrer = self.app.configure_task(
            job.value, allow_unknown=True, lock=lock, schedule_at=at, connection=connection
        )
        await deferrer.defer_async(**arguments)

    async def turn(self, connection: AsyncConnection[Any], channel: str, chat: str) -> None:
        """Queue a turn for a chat, in the transaction that stored its input."""
        await self.defer(connection, Job.TURN, lock=f"{channel}:{chat}", channel=channel, chat=chat)
