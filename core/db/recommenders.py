"""What the recommender learned: one row a version, of which at most one is in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.db.pool import Connection

IN_FORCE = "select id from recommenders where in_force"
"""SQL: the number of the version in force, if there is one."""
_COLUMNS = "id, decisions, leads, learned_since, learned_until, in_force, created_at, reward"


@dataclass(frozen=True, slots=True)
class Version:
    """A learned version, without its numbers. `reward`: what it was taught to count."""

    id: int
    decisions: int
    leads: int
    learned_since: datetime
    learned_until: datetime
    in_force: bool
    created_at: datetime
    reward: dict[str, float]


async def add(
    conn: Connection,
    posterior: dict[str, Any],
    *,
    reward: dict[str, float],
    decisions: int,
    leads: int,
    since: datetime,
    until: datetime,
    now: datetime,
) -> int:
    """Store a version, which is not in force yet; its number."""
    row = await (
        await conn.execute(
            "insert into recommenders (posterior, reward, decisions, leads, learned_since, learned_until, created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s) returning id",
            (Jsonb(posterior), Jsonb(reward), decisions, leads, since, until, now),
        )
    ).fetchone()
    assert row is not None  # noqa: S101 - "returning" always gives the row
    return int(row["id"])


async def put_in_force(conn: Connection, version: int | None) -> bool:
    """Put a version in force instead of the one that is, or none; False, and nothing changes, if there is no such."""
    async with conn.transaction():
        await conn.execute("lock table recommenders in share row exclusive mode")
        known = await conn.execute("select 1 from recommenders where id = %s", (version,))
        if version is not None and await known.fetchone() is None:
            return False
        await conn.execute("update recommenders set in_force = false where in_force")
        await conn.execute("update recommenders set in_force = true where id = %s", (version,))
    return True


async def load(conn: Connection, version: int) -> dict[str, Any] | None:
    """The posterior of a version, or None."""
    row = await (await conn.execute("select posterior from recommenders where id = %s", (version,))).fetchone()
    return row["posterior"] if row else None


async def newest(conn: Connection, limit: int = 20) -> list[Version]:
    """The newest versions, newest first."""
    cursor = await conn.execute(f"select {_COLUMNS} from recommenders order by id desc limit %s", (limit,))  # noqa: S608
    return [_version(row) for row in await cursor.fetchall()]


def _version(row: DictRow) -> Version:
    return Version(**row)
