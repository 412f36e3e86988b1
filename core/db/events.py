"""Events that happen outside of a turn: a page that was opened, an hour that was booked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db.pool import Connection


async def note(conn: Connection, lead_id: UUID, kind: str, payload: dict[str, Any], *, key: str, now: datetime) -> bool:
    """Write an event; False when this key was written before, which changes nothing."""
    cursor = await conn.execute(
        "insert into events (lead_id, kind, payload, key, at) values (%s, %s, %s, %s, %s) on conflict (key) do nothing",
        (lead_id, kind, Jsonb(payload), key, now),
    )
    return cursor.rowcount == 1
