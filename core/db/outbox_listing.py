"""The outbox as an operator reads it: what waits, what was sent, and what could not be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.db.pool import Connection

_COLUMNS = """
    id, channel, chat, key, lead_id::text as lead, status, message as content, attempts, tries, not_before, lease_until,
    external_id, error, created_at, sent_at
"""
_NEWEST = f"""
    select {_COLUMNS} from outbox
    where (%(channel)s::text is null or channel = %(channel)s) and (%(status)s::text is null or status = %(status)s)
    order by id desc limit %(limit)s
"""  # noqa: S608
_BY_ID = f"select {_COLUMNS} from outbox where id = %s"  # noqa: S608
_COUNTS = "select channel, status, count(*) as rows from outbox group by channel, status order by channel, status"
_REQUEUE = """
    update outbox set status = 'pending', attempts = 0, tries = 0, lease_until = null, error = null, not_before = %s
    where id = %s and status = 'failed'
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row. `content` is its payload, with the e-mail as it was written or what the CRM was told."""

    id: int
    channel: str
    chat: str
    key: str
    lead: str | None
    status: str
    content: dict[str, Any]
    attempts: int
    tries: int
    not_before: datetime
    lease_until: datetime | None
    external_id: str | None
    error: str | None
    created_at: datetime
    sent_at: datetime | None


async def newest(conn: Connection, channel: str | None, status: str | None, limit: int) -> list[Listed]:
    """The newest rows of a channel and in a status, or of all."""
    given = {"channel": channel, "status": status, "limit": limit}
    return [Listed(**row) for row in await (await conn.execute(_NEWEST, given)).fetchall()]


async def by_id(conn: Connection, row_id: int) -> Listed | None:
    """One row."""
    row = await (await conn.execute(_BY_ID, (row_id,))).fetchone()
    return Listed(**row) if row else None


async def counts(conn: Connection) -> list[tuple[str, str, int]]:
    """How many rows there are, by channel and status."""
    rows = await (await conn.execute(_COUNTS)).fetchall()
    return [(row["channel"], row["status"], row["rows"]) for row in rows]


async def requeue(conn: Connection, row_id: int, now: datetime) -> bool:
    """Let a failed row be tried again; False when it is none."""
    return (await conn.execute(_REQUEUE, (now, row_id))).rowcount > 0
