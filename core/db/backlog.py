"""What waits in the database, and what is needed to say whether all parts are at work. One round trip each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.db.pool import Connection

_BACKLOG = """
    select
        (select coalesce(extract(epoch from %(now)s - min(received_at)), 0)::float8 from inbox where done_at is null)
            as inbox_seconds,
        (select coalesce(jsonb_agg(jsonb_build_array(channel, status, n) order by channel, status), '[]') from (
            select channel, status, count(*) as n from outbox
            where status in ('pending', 'sending', 'failed') group by 1, 2) rows) as outbox,
        (select coalesce(jsonb_agg(jsonb_build_array(task_name, status, n) order by task_name, status), '[]') from (
            select task_name, status::text, count(*) as n from procrastinate_jobs group by 1, 2) rows) as jobs,
        (select coalesce(jsonb_agg(jsonb_build_array(provider, status, n) order by provider, status), '[]') from (
            select provider, status, count(*) as n from webhook_events group by 1, 2) rows) as webhooks,
        (select coalesce(jsonb_agg(jsonb_build_array(reason, n) order by reason), '[]') from (
            select coalesce(reason, 'unknown') as reason, count(*) as n from follow_ups
            where status = 'withheld' group by 1) rows) as withheld
"""
_PULSE = """
    select (select max(last_heartbeat) from procrastinate_workers) as worker_at,
        (select coalesce(array_agg(m.model), '{}') from (
            select model, created_at from messages where author = 'brenda' and model is not null
            order by id desc limit %(lately)s) m where m.created_at > %(since)s) as models
"""
LATELY = 20
"""How many of the newest answers tell how the models are."""
RECENT = timedelta(minutes=15)

Counts = tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Backlog:
    """Counts by label: outbox (channel, status), jobs (task, status), webhooks (provider, status), withheld (reason).

    `inbox_seconds` is how long the oldest message has been waiting for its turn.
    """

    inbox_seconds: float
    outbox: Counts
    jobs: Counts
    webhooks: Counts
    withheld: Counts


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a worker last showed that it lives, and which models gave the newest answers, the newest first."""

    worker_at: datetime | None
    models: tuple[str, ...]


async def read(conn: Connection, now: datetime) -> Backlog:
    """What waits at this moment."""
    row = await (await conn.execute(_BACKLOG, {"now": now})).fetchone()
    return _backlog(row or {})


async def pulse(conn: Connection, now: datetime) -> Pulse:
    """Signs of life."""
    row = await (await conn.execute(_PULSE, {"lately": LATELY, "since": now - RECENT})).fetchone() or {}
    return Pulse(row["worker_at"], tuple(row["models"]))


def _backlog(row: Mapping[str, Any]) -> Backlog:
    counts = {name: _counts(row[name]) for name in ("outbox", "jobs", "webhooks", "withheld")}
    return Backlog(inbox_seconds=max(0.0, row["inbox_seconds"]), **counts)


def _counts(rows: Sequence[Sequence[Any]]) -> Counts:
    return tuple((tuple(labels), count) for *labels, count in rows)
