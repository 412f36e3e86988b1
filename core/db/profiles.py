"""What leads told about themselves: merged into their row field by field, never replaced as a whole."""

from collections.abc import Mapping
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db.pool import Connection

_MERGE = """
    update leads set profile = profile || %(fields)s, timezone = coalesce(%(timezone)s, timezone)
    where id = %(lead_id)s
"""


async def merge(conn: Connection, lead_id: UUID, fields: Mapping[str, str], timezone: str | None) -> bool:
    """Set these fields, and the time zone unless it is None, and leave the others; False when there is no such lead."""
    values = {"lead_id": lead_id, "fields": Jsonb(dict(fields)), "timezone": timezone}
    return (await conn.execute(_MERGE, values)).rowcount > 0
