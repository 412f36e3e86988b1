"""Features of leads, as the database's function `lead_features` defines them: for a turn, and for training.

Training reads only leads whose newest tick for learning is a yes; nothing of anybody else is even looked at.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict

from core.db.pool import Connection

_AT_ONCE = 100
_NOW = "select lead_features(%s, %s, %s) as features"
_LEARNING = "select lead_id from learning_leads order by lead_id"
# Materialised, so that no plan can compute features before it has looked at the consent.
_DECISIONS = """
    with allowed as materialized (select lead_id from learning_leads where lead_id = any(%(leads)s)),
    decided as materialized (
        select allowed.lead_id, selections.at, selections.features as recorded,
            (select min(events.at) from events
             where events.lead_id = allowed.lead_id and kind = 'purchase_completed') as bought_at
        from allowed join selections using (lead_id)
        where selections.at <= %(last)s
    )
    select lead_id, at, recorded, lead_features(lead_id, at) as features,
        coalesce(bought_at <= at + %(window)s, false) as bought
    from decided where bought_at is null or bought_at > at
    order by lead_id, at
"""


class Decision(BaseModel):
    """A lead at a moment of decision, and whether they bought within the window after it.

    `recorded` are the features that the scorecard was served with at that moment.
    """

    model_config = ConfigDict(frozen=True)

    lead_id: UUID
    at: datetime
    features: dict[str, Any]
    recorded: dict[str, Any]
    bought: bool


async def as_of(conn: Connection, lead_id: UUID, at: datetime, present: dict[str, Any] | None = None) -> dict[str, Any]:
    """The lead's features at a moment. `present` is that moment while it is not in the log yet:
    {"stage": ..., "lines": [what was said], "perception": {...}}.
    """
    row = await (await conn.execute(_NOW, (lead_id, at, Jsonb(present) if present else None))).fetchone()
    assert row is not None  # noqa: S101 - a function always gives a row
    return dict(row["features"])


async def learning_leads(conn: Connection) -> list[UUID]:
    """Those who may be learned from."""
    return [row["lead_id"] for row in await (await conn.execute(_LEARNING)).fetchall()]


async def decisions(
    conn: Connection, leads: Sequence[UUID], window: timedelta, now: datetime
) -> AsyncIterator[tuple[int, list[Decision]]]:
    """Decisions about these leads before they bought, whose window is over by now: how many leads, and their decisions,
    a few leads at a time. Who may not be learned from is left out here too.
    """
    for start in range(0, len(leads), _AT_ONCE):
        some = list(leads[start : start + _AT_ONCE])
        given = {"leads": some, "last": now - window, "window": window}
        rows = await (await conn.execute(_DECISIONS, given)).fetchall()
        yield len(some), [Decision.model_validate(row) for row in rows]
