"""Hot leads: who was likely to buy, or said so, since the desk's planner looked last.

It reads what the turns have recorded anyway, so that no turn does anything for it. Turns are recorded a little later
than the moment that they bear, so each look begins a little before the end of the last one; who is told of a lead
twice is settled elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.db.pool import Connection

OVERLAP = timedelta(minutes=5)
FIRST_LOOK = timedelta(hours=1)
"""How far the very first look goes back."""
ROUND = "hot_leads"
SIGNALS = ("buying_signal",)
"""Intents that make a lead hot whatever the score says."""

_FOUND = """
select distinct on (selections.lead_id) selections.lead_id, selections.score,
    coalesce(heard.payload->>'intent' = any(%(signals)s), false) as signal
from selections
join leads on leads.id = selections.lead_id
left join messages as heard
    on heard.turn_id = selections.turn_id and heard.author = 'lead' and heard.position = 0
where selections.at > %(since)s and leads.channel <> 'evals' and leads.blocked_at is null
  and leads.stage in ('conversation', 'demo', 'checkout')
  and (selections.score >= %(threshold)s or heard.payload->>'intent' = any(%(signals)s))
order by selections.lead_id, signal desc, selections.score desc
"""
_LOOKED = """
insert into desk_rounds (name, looked_until) values (%(name)s, %(now)s)
on conflict (name) do update set looked_until = excluded.looked_until
"""


@dataclass(frozen=True, slots=True)
class HotLead:
    """A lead, their highest chance since then, and whether they said themselves that they want to buy."""

    lead_id: UUID
    score: float
    signal: bool


async def since(conn: Connection, now: datetime) -> datetime:
    """From which moment on the next look goes."""
    row = await (await conn.execute("select looked_until from desk_rounds where name = %s", (ROUND,))).fetchone()
    return row["looked_until"] - OVERLAP if row else now - FIRST_LOOK


async def found(conn: Connection, after: datetime, threshold: float) -> list[HotLead]:
    """Who was hot after a moment and may still be talked to, each once; `threshold` is a chance in [0, 1]."""
    rows = await conn.execute(_FOUND, {"since": after, "threshold": threshold, "signals": list(SIGNALS)})
    return [HotLead(row["lead_id"], row["score"], row["signal"]) for row in await rows.fetchall()]


async def looked(conn: Connection, now: datetime) -> None:
    """Note that everything up to now was looked at."""
    await conn.execute(_LOOKED, {"name": ROUND, "now": now})
