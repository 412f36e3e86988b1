"""Predictors as versioned rows. The active one is the newest that was activated and not withdrawn; else the scorecard.

Nothing is overwritten: a rollback withdraws a version, and the one before it serves again, at the next turn of every
process, because each turn reads which version is active together with its lead.
"""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict

from core.db.pool import Connection

ACTIVE = """
    select id from predictors where activated_at is not null and withdrawn_at is null
    order by activated_at desc, id desc limit 1
"""
_LIST = f"""
    select id, kind, trained_at, activated_at, withdrawn_at, report, id = ({ACTIVE}) is true as active
    from predictors order by id desc limit %s
"""  # noqa: S608
_WITHDRAW = f"""
    update predictors set withdrawn_at = %s where id = ({ACTIVE}) returning id
"""  # noqa: S608


class PredictorRow(BaseModel):
    """One training's outcome, without its arrays."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: str
    trained_at: datetime
    activated_at: datetime | None
    withdrawn_at: datetime | None
    active: bool
    report: dict[str, Any]

    @property
    def name(self) -> str:
        return name_of(self.kind, self.id)


def name_of(kind: str, version: int) -> str:
    """What a prediction's record says of the version that made it, such as "random_forest-3"."""
    return f"{kind}-{version}"


async def add(
    conn: Connection, *, kind: str, model: dict[str, Any], report: dict[str, Any], now: datetime, activate: bool
) -> int:
    """Store a training's outcome; the version. Activated, it serves from the next turn on."""
    cursor = await conn.execute(
        "insert into predictors (kind, model, report, trained_at, activated_at) values (%s, %s, %s, %s, %s)"
        " returning id",
        (kind, Jsonb(model), Jsonb(report), now, now if activate else None),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - "returning" always gives the row
    return int(row["id"])


async def active(conn: Connection) -> int | None:
    """The version that serves; None is the scorecard."""
    row = await (await conn.execute(ACTIVE)).fetchone()
    return int(row["id"]) if row else None


async def load(conn: Connection, version: int) -> tuple[str, dict[str, Any]] | None:
    """A version's kind and model, or None."""
    row = await (await conn.execute("select kind, model from predictors where id = %s", (version,))).fetchone()
    return (str(row["kind"]), dict(row["model"])) if row else None


async def newest(conn: Connection, limit: int = 50) -> list[PredictorRow]:
    """The versions, the newest first."""
    rows = await (await conn.execute(_LIST, (limit,))).fetchall()
    return [PredictorRow.model_validate(row) for row in rows]


async def withdraw(conn: Connection, now: datetime) -> int | None:
    """Take the active version out of service; the version, or None when the scorecard served already."""
    row = await (await conn.execute(_WITHDRAW, (now,))).fetchone()
    return int(row["id"]) if row else None
