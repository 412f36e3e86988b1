"""When people write: of one person for their own follow-ups, and of all who allowed learning, for those like them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.db.follow_ups import WORLD
from core.db.pool import Connection
from core.domain.people import Lead

REMEMBERED = timedelta(days=180)
"""Habits change: what is older does not count."""
MOST_PEOPLE = 20_000
_NUMBER = r"\+\d[\d ().-]{6,18}\d"

_OWN = """
select
    array(select distinct date_trunc('hour', created_at) from messages
          where lead_id = %(lead)s and author = 'lead' and created_at > %(since)s and text !~ %(world)s
          order by 1 desc limit 500) as active,
    (select visitor_timezone from bookings where lead_id = %(lead)s order by created_at desc limit 1) as booked,
    (select substring(text from %(number)s) from messages
     where lead_id = %(lead)s and author = 'lead' and text ~ %(number)s order by id desc limit 1) as phone
"""
_LEARNING = """
select leads.timezone, leads.profile->>'country' as country, leads.source, leads.language,
    array_agg(distinct date_trunc('hour', messages.created_at)) as active
from (select lead_id from learning_leads order by lead_id limit %(most)s) as allowed
join leads on leads.id = allowed.lead_id
join messages on messages.lead_id = leads.id and author = 'lead' and messages.created_at > %(since)s
    and messages.text !~ %(world)s
group by leads.id
order by leads.id
"""
_NEWEST = "select habits from contact_hours order by learned_at desc, id desc limit 1"
_LEARNED_AT = "select max(learned_at) as at from contact_hours"


@dataclass(frozen=True, slots=True)
class Presence:
    """The hours in which a person wrote (each once, aware), the zone that they booked in, a telephone they gave."""

    active: tuple[datetime, ...]
    booked: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Habit:
    """The same of somebody who may be learned from, without saying who."""

    timezone: str | None
    country: str | None
    source: str | None
    language: str
    active: tuple[datetime, ...]


async def of_lead(conn: Connection, lead: Lead, now: datetime) -> Presence:
    """When this person wrote, and what else tells where they are."""
    values = {"lead": lead.id, "since": now - REMEMBERED, "world": WORLD, "number": _NUMBER}
    row = await (await conn.execute(_OWN, values)).fetchone()
    assert row is not None  # noqa: S101 - a select without a table always gives its row
    return Presence(tuple(row["active"]), row["booked"], row["phone"])


async def of_learning_leads(conn: Connection, now: datetime) -> list[Habit]:
    """Those whose newest tick for learning is a yes; at most 20,000 people."""
    values = {"since": now - REMEMBERED, "world": WORLD, "most": MOST_PEOPLE}
    found = await conn.execute(_LEARNING, values)
    return [Habit(**{**row, "active": tuple(row["active"])}) for row in await found.fetchall()]


async def keep(conn: Connection, habits: dict[str, Any], now: datetime) -> None:
    """Store what was learned; only the newest stays, so that an erasure reaches it with the next."""
    await conn.execute("delete from contact_hours")
    await conn.execute("insert into contact_hours (habits, learned_at) values (%s, %s)", (Jsonb(habits), now))


async def newest(conn: Connection) -> dict[str, Any]:
    """What was learned last; empty when nothing was."""
    row = await (await conn.execute(_NEWEST)).fetchone()
    return dict(row["habits"]) if row else {}


async def learned_at(conn: Connection) -> datetime | None:
    """When something was learned last."""
    row = await (await conn.execute(_LEARNED_AT)).fetchone()
    return row["at"] if row else None
