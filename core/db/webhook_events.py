"""Events that the world told by webhook: stored once by the provider's own id, processed once, kept for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from core.db.pool import Connection

_ERROR_LENGTH = 500

_STORE = """
    insert into webhook_events (provider, event_id, kind, payload, received_at)
    select %(provider)s, e.event_id, e.kind, e.payload, %(now)s
    from jsonb_to_recordset(%(events)s) as e (event_id text, kind text, payload jsonb)
    on conflict (provider, event_id) do nothing
    returning id
"""
_TAKE = """
    select id, provider, event_id, kind, payload, received_at, attempts from webhook_events
    where id = %s and status = 'pending' for update
"""
_ATTEMPT = """
    update webhook_events set attempts = attempts + 1 where id = %s and status = 'pending' returning attempts
"""
# What it said is not needed any more and may tell of a person; that it came is.
_CLOSE = """
    update webhook_events set status = %(status)s, done_at = %(now)s, error = null, payload = '{}' where id = %(id)s
"""
_FAIL = """
    update webhook_events set error = %(error)s,
        status = case when attempts >= %(most)s then 'failed' else 'pending' end,
        done_at = case when attempts >= %(most)s then %(now)s::timestamptz end
    where id = %(id)s and status = 'pending' returning status = 'failed' as given_up
"""
_PUT_ASIDE = """
    insert into webhook_events (provider, event_id, kind, payload, received_at, status, done_at, error)
    values (%(provider)s, %(event)s, %(kind)s, '{}', %(now)s, 'ignored', %(now)s, %(error)s)
    on conflict (provider, event_id) do nothing
"""
_FORGET = "delete from webhook_events where done_at < %s"


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event as it came: `event_id` is the provider's own and makes storing it again harmless."""

    event_id: str
    kind: str
    payload: Any


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A stored event, being processed; `payload` is the parsed JSON and not to be trusted beyond its signature."""

    id: int
    provider: str
    event_id: str
    kind: str
    payload: Any
    received_at: datetime
    attempts: int


async def store(conn: Connection, provider: str, events: Sequence[ReceivedEvent], now: datetime) -> list[int]:
    """Store what is new; the ids of the new rows."""
    rows = [{"event_id": event.event_id, "kind": event.kind, "payload": event.payload} for event in events]
    cursor = await conn.execute(_STORE, {"provider": provider, "events": Jsonb(rows), "now": now})
    return [row["id"] for row in await cursor.fetchall()]


async def put_aside(conn: Connection, provider: str, event_id: str, kind: str, *, error: str, now: datetime) -> None:
    """Note that something came with which nothing is or can be done, and why; what it said is not kept."""
    given = {"provider": provider, "event": event_id, "kind": kind, "error": error[:_ERROR_LENGTH], "now": now}
    await conn.execute(_PUT_ASIDE, given)


async def attempt(conn: Connection, event: int) -> int | None:
    """Count an attempt before it is made, so that one which kills its process counts too; None if nothing is open."""
    row = await (await conn.execute(_ATTEMPT, (event,))).fetchone()
    return row["attempts"] if row else None


async def take(conn: Connection, event: int) -> StoredEvent | None:
    """The open event, held until the transaction's end; None when it is not open any more."""
    row = await (await conn.execute(_TAKE, (event,))).fetchone()
    return StoredEvent(**row) if row else None


async def close(conn: Connection, event: int, known: bool, now: datetime) -> None:
    """Mark it as done, or as ignored when nobody knows its kind, and forget what it said."""
    await conn.execute(_CLOSE, {"id": event, "status": "done" if known else "ignored", "now": now})


async def fail(conn: Connection, event: int, error: str, most: int, now: datetime) -> bool:
    """Note what went wrong; True when it was tried `most` times and is given up, to be seen by an operator."""
    values = {"id": event, "error": error[:_ERROR_LENGTH], "most": most, "now": now}
    row = await (await conn.execute(_FAIL, values)).fetchone()
    return bool(row and row["given_up"])


async def forget(conn: Connection, before: datetime) -> None:
    """Delete what was closed before this moment: providers repeat an event for some days only."""
    await conn.execute(_FORGET, (before,))
