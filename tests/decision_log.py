"""The log of decisions in a real database, as the product would have written it."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db.pool import Pool
from core.domain.decisions import NONE
from core.domain.turn import Selection
from tests.decisions import Rate, drawn, objection_of

_LEAD = "insert into leads (id, channel, chat, stage, created_at) values (%s, %s, %s, 'conversation', %s)"
_TICK = "insert into consents (lead_id, kind, granted, text_version, at, key) values (%s, 'learning', %s, '1', %s, %s)"
_SELECTION = """
    insert into selections (lead_id, turn_id, stage, arm, eligible, offered, refused, probabilities, suggestion,
        propensity, exploration_floor, score, predictor, features, recommender, leans, called, at)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_EVENT = "insert into events (lead_id, kind, turn_id, key, at) values (%s, %s, %s, %s, %s)"


async def keep_lead(
    pool: Pool, number: int, at: datetime, channel: str = "telegram", ticks: Sequence[bool] = (True,)
) -> UUID:
    """A lead who gave, or took back, their tick for learning a minute apart, from `at` on; their id."""
    lead = UUID(int=number + 1)
    async with pool.connection() as conn, conn.transaction():
        await conn.execute(_LEAD, (lead, channel, f"chat-{number}", at))
        for place, granted in enumerate(ticks):
            await conn.execute(_TICK, (lead, granted, at + timedelta(minutes=place), f"{lead}:{place}"))
    return lead


async def keep_selection(pool: Pool, lead: UUID, selection: Selection, at: datetime, turn_id: str) -> None:
    """A decision about a lead."""
    async with pool.connection() as conn:
        await conn.execute(_SELECTION, _selection_row(lead, selection, at, turn_id))


async def keep_event(pool: Pool, lead: UUID, kind: str, at: datetime, turn_id: str | None = None) -> None:
    """Something that happened to a lead."""
    async with pool.connection() as conn:
        await conn.execute(_EVENT, (lead, kind, turn_id, f"{lead}:{kind}:{at}", at))


async def keep_log(pool: Pool, number: int, rate: Rate, start: datetime, seed: int = 0) -> None:
    """One decision about each of so many people, a minute apart from `start` on, and the demo that some asked for after
    an hour. All ticked consent to learning.
    """
    luck = random.Random(seed)
    leads, ticks, selections, events = [], [], [], []
    for place, selection in enumerate(drawn(number, seed)):
        lead, at, turn = UUID(int=place + 1), start + timedelta(minutes=place), f"turn:{place}"
        leads.append((lead, "telegram", f"chat-{place}", start))
        ticks.append((lead, True, start, f"{lead}:learning"))
        selections.append(_selection_row(lead, selection, at, turn))
        if luck.random() < rate(objection_of(selection), selection.suggestion or NONE):
            later = at + timedelta(hours=1)
            events.append((lead, "demo_requested", f"{turn}:next", f"{lead}:demo_requested", later))
    async with pool.connection() as conn, conn.transaction(), conn.cursor() as cursor:
        for statement, rows in ((_LEAD, leads), (_TICK, ticks), (_SELECTION, selections), (_EVENT, events)):
            await cursor.executemany(statement, rows)


def _selection_row(lead: UUID, chosen: Selection, at: datetime, turn_id: str) -> tuple[object, ...]:
    called = [chosen.suggestion] if chosen.suggestion else []
    return (
        lead,
        turn_id,
        chosen.stage.value,
        chosen.arm,
        list(chosen.eligible),
        list(chosen.offered),
        Jsonb(chosen.refused),
        Jsonb(chosen.probabilities),
        chosen.suggestion,
        chosen.propensity,
        chosen.exploration_floor,
        chosen.score,
        chosen.predictor,
        Jsonb(chosen.features),
        chosen.recommender,
        Jsonb(chosen.leans),
        called,
        at,
    )
