"""What the machinery has under way and what it gave up: jobs, messages and dispatches, and webhook events.

Each is named by its kind and number ("job:12", "outbox:5", "webhook:3"). Read for operators and for metrics; nothing
here shows what a person said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.db.pool import Connection

NOTE_FAILURE = """
    insert into job_failures (job_id, error, at) values (%(job)s, %(error)s, %(now)s)
    on conflict (job_id) do update set error = excluded.error, at = excluded.at
"""

_JOBS = """
    select 'job' as kind, jobs.id, task_name as name, attempts,
        case status when 'todo' then 'waiting' when 'doing' then 'running' else 'failed' end as state,
        coalesce(case when status = 'todo' then scheduled_at end,
            (select max(at) from procrastinate_events where job_id = jobs.id)) as at,
        case when status <> 'doing' then (select error from job_failures where job_id = jobs.id) end as reason
    from procrastinate_jobs as jobs where status in ('todo', 'doing', 'failed')
"""
_OUTBOX = """
    select 'outbox', id, channel, attempts,
        case status when 'pending' then 'waiting' when 'sending' then 'running' else 'failed' end,
        coalesce(lease_until, not_before), error
    from outbox where status in ('pending', 'sending', 'failed')
"""
_WEBHOOKS = """
    select 'webhook', id, provider || ' ' || kind, attempts, case status when 'pending' then 'waiting' else status end,
        coalesce(done_at, received_at), error
    from webhook_events where status in ('pending', 'failed')
"""
_ALL = f"({_JOBS}) union all ({_OUTBOX}) union all ({_WEBHOOKS})"
_LISTED = f"select * from ({_ALL}) as found where state = any(%s) order by kind, state, at, id limit %s"  # noqa: S608
_COUNTED = f"select kind, name, state, count(*) as number from ({_ALL}) as found group by 1, 2, 3 order by 1, 2, 3"  # noqa: S608
_OLDEST = """
    select min(coalesce(scheduled_at, (select min(at) from procrastinate_events where job_id = jobs.id))) as at
    from procrastinate_jobs as jobs where status = 'todo' and coalesce(scheduled_at, %(now)s) <= %(now)s
"""
_RETRY: Mapping[str, str] = {
    "job": """
        with freed as (delete from job_failures where job_id = %(id)s)
        update procrastinate_jobs set status = 'todo', attempts = 0, scheduled_at = %(now)s, worker_id = null
        where id = %(id)s and status = 'failed'
    """,
    "outbox": """
        update outbox set status = 'pending', attempts = 0, tries = 0, lease_until = null, not_before = %(now)s
        where id = %(id)s and status = 'failed'
          and not exists (select from leads where id = outbox.lead_id and blocked_at is not null)
    """,
    "webhook": """
        update webhook_events set status = 'pending', attempts = 0, done_at = null, error = null
        where id = %(id)s and status = 'failed'
    """,
}
_FORGET = """
    with nameless as (
        delete from procrastinate_jobs where status = 'failed' and args ? 'chat' and not exists (
            select from leads where channel = args->>'channel' and chat = args->>'chat')
    )
    delete from job_failures where not exists (select from procrastinate_jobs where id = job_id)
"""


class Standing(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing under way or given up. `at` is when it is due, or when something last happened to it."""

    kind: str
    id: int
    name: str
    attempts: int
    state: str
    at: datetime | None
    reason: str | None

    @property
    def reference(self) -> str:
        """By what it is named: "job:12"."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries of a kind and name stand somewhere."""

    kind: str
    name: str
    state: str
    number: int


async def listed(conn: Connection, states: frozenset[Standing], limit: int = 200) -> list[Entry]:
    """What stands in these states, each kind's longest waiting first."""
    found = await conn.execute(_LISTED, ([state.value for state in states], limit))
    return [Entry(**row) for row in await found.fetchall()]


async def counts(conn: Connection) -> list[Count]:
    """How many there are of each kind, name and state; what there is none of is left out."""
    return [Count(**row) for row in await (await conn.execute(_COUNTED)).fetchall()]


async def oldest_due(conn: Connection, now: datetime) -> datetime | None:
    """Since when the job has waited that should have begun first; None when none is due."""
    row = await (await conn.execute(_OLDEST, {"now": now})).fetchone()
    return row["at"] if row else None


async def retry(conn: Connection, kind: str, number: int, now: datetime) -> bool:
    """Let what failed for good be tried again from the start.

    False: there is no such kind or entry, it has not failed, or its person blocked the channel since. An event of a
    webhook also needs a new job, which the caller defers.
    """
    if kind not in _RETRY:
        return False
    return (await conn.execute(_RETRY[kind], {"id": number, "now": now})).rowcount > 0


async def forget_nameless(conn: Connection) -> None:
    """Delete failed jobs that name the chat of somebody who was erased, and reasons whose job is gone."""
    await conn.execute(_FORGET)
