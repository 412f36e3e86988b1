"""Reading what a conversation left in the database: every table that has rows of a lead, in one round trip.

Which tables those are is asked of the database, so that a new one is seen without a change here. Left out are the words
themselves, which are in the transcript, and columns that the database filled with its own clock.
"""

import json
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from core.db.pool import Connection
from evals.record import Outcome
from evals.scenery import CHANNEL

UNREAD = frozenset({"messages", "outbox", "selections", "assignments", "inbox"})

_TABLES = """
select table_name as name,
    bool_or(column_name = 'id' and data_type = 'bigint') as numbered,
    bool_or(column_name = 'created_at') as dated,
    array_agg(column_name::text) filter (where column_default = 'now()' and column_name <> 'at') as clocked
from information_schema.columns where table_schema = 'public'
group by table_name having bool_or(column_name = 'lead_id') order by table_name
"""


@dataclass(frozen=True, slots=True)
class OutcomeReader:
    """Reads the outcome of a chat."""

    query: sql.Composed

    @classmethod
    async def on(cls, conn: Connection) -> "OutcomeReader":
        """A reader for this database's tables."""
        rows = await (await conn.execute(_TABLES)).fetchall()
        parts = [_part(row) for row in rows if row["name"] not in UNREAD]
        return cls(
            sql.SQL(
                "select (to_jsonb(l) - array['id', 'created_at', 'blocked_at', 'last_seen_at'])::text as lead, "
                "jsonb_build_object({})::text as tables from leads l where channel = {} and chat = %s"
            ).format(sql.SQL(", ").join(parts), sql.Literal(CHANNEL))
        )

    async def read(self, conn: Connection, chat: str) -> Outcome:
        """The rows of the lead of this chat; an empty lead when it is gone."""
        row = await (await conn.execute(self.query, (chat,))).fetchone()
        if row is None:
            return Outcome(lead={}, tables={})
        tables = {name: rows for name, rows in _plain(row["tables"]).items() if rows}
        return Outcome(lead=_plain(row["lead"]), tables=tables)


def _part(row: dict[str, Any]) -> sql.Composed:
    table = sql.Identifier(row["name"])
    unwanted = ["lead_id", *(row["clocked"] or [])]
    order = sql.SQL("t.id" if row["numbered"] else "t.created_at, t.id" if row["dated"] else "to_jsonb(t)::text")
    extra = sql.SQL("")
    if row["name"] == "offer_claims":
        extra = sql.SQL(" || jsonb_build_object('offer', (select name from offers where id = t.offer_id))")
    return sql.SQL(
        "{}, (select coalesce(jsonb_agg(to_jsonb(t) - {}::text[]{} order by {}), '[]')"
        " from {} t where t.lead_id = l.id)"
    ).format(sql.Literal(row["name"]), sql.Literal(unwanted), extra, order, table)


def _plain(text: str) -> Any:
    """Numbers with a point stay as they are written: an amount is 199.20 and not 199.2."""
    return json.loads(text, parse_float=str)
