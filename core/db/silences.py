"""Silences: who said nothing any more after a question, a price, or a checkout, and who broke their silence.

The planner looks at everybody once for each time that they were last seen: it remembers how far it has looked, in a row
that is locked while it does, so that two workers never look at the same time and a breakdown skips nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.db.follow_ups import WORLD
from core.db.pool import Connection

LOOKED_BACK = 3
"""How many of the person's last turns may hold the question about the price."""

_LOCK = "select scanned_until from follow_up_scan for update skip locked"
_MOVE = "update follow_up_scan set scanned_until = %s"
_SILENT = """
with quiet as (
    select id, stage, last_seen_at from leads
    where last_seen_at >= %(after)s and last_seen_at <= %(until)s and channel <> 'evals'
    order by last_seen_at, id limit %(most)s
)
select quiet.id as lead_id, quiet.last_seen_at, turn.turn_id, turn.at, turn.question,
    coalesce(said.text, '') as said, price.turn_id as price_turn, unpaid.id as payment_id,
    leads.blocked_at is null and quiet.stage in ('presentation', 'conversation', 'demo', 'checkout')
        and coalesce((select granted from consents where lead_id = quiet.id and kind = 'marketing'
                      order by at desc, id desc limit 1), false)
        and not exists (select from follow_ups where lead_id = quiet.id and status = 'planned'
                        and kind = any(%(advertising)s)) as may
from quiet
join leads on leads.id = quiet.id
cross join lateral (
    select turn_id, created_at as at, strpos(text, '?') > 0 as question from messages
    where lead_id = quiet.id and author = 'lead' and text !~ %(world)s order by id desc limit 1
) as turn
left join lateral (
    select string_agg(text, ' ' order by position) as text from messages
    where lead_id = quiet.id and author = 'brenda' and turn_id = turn.turn_id
) as said on true
left join lateral (
    select turn_id from (
        select turn_id, payload, id from messages where lead_id = quiet.id and author = 'lead' and position = 0
        order by id desc limit %(looked_back)s) as last
    where payload->>'intent' = 'price_question' or payload->'topics' ? 'price' order by id desc limit 1
) as price on true
left join lateral (
    select payments.id from payments
    where lead_id = quiet.id and status in ('link_sent', 'pending', 'failed') and created_at <= quiet.last_seen_at
      and not exists (select from payments as paid where paid.lead_id = quiet.id and paid.status = 'paid')
      and not exists (select from follow_ups where lead_id = quiet.id and subject = 'payments:' || payments.id)
    order by created_at desc limit 1
) as unpaid on quiet.stage = 'checkout'
order by quiet.last_seen_at, quiet.id
"""
_BROKEN = """
with gone as (
    update follow_ups set status = 'cancelled', decided_at = %(now)s, reason = case
        when follow_ups.kind = any(%(marketing)s) and not allowed.yes then 'no_marketing_consent' else 'answered' end
    from leads, lateral (
        select coalesce((select granted from consents where lead_id = leads.id and kind = 'marketing'
                         order by at desc, id desc limit 1), false) as yes) as allowed
    where leads.id = follow_ups.lead_id and follow_ups.status = 'planned'
      and ((follow_ups.kind = any(%(marketing)s) and not allowed.yes)
        or (follow_ups.kind = any(%(unless_answered)s) and leads.last_seen_at > follow_ups.created_at and exists (
            select from messages where lead_id = leads.id and author = 'lead' and text !~ %(world)s
              and created_at > follow_ups.created_at)))
    returning follow_ups.id, follow_ups.lead_id, follow_ups.kind, follow_ups.reason
)
insert into events (lead_id, kind, payload, key, at)
select lead_id, 'follow_up_cancelled', jsonb_build_object('follow_up', id, 'trigger', kind, 'reason', reason),
    'follow_up:' || id, %(now)s
from gone
"""


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody who was last seen a while ago. `may`: consent, stage and what is planned allow to plan something.

    `at` is the time of their last turn, `question` whether their last line was one, `said` what Brenda answered,
    `price_turn` the turn in which they lately asked for the price, `payment_id` what they did not pay.
    """

    lead_id: UUID
    last_seen_at: datetime
    turn_id: str
    at: datetime
    question: bool
    said: str
    price_turn: str | None
    payment_id: UUID | None
    may: bool


async def scanned_until(conn: Connection) -> datetime | None:
    """How far the planner has looked; None while another one looks. Locked until the transaction's end."""
    row = await (await conn.execute(_LOCK)).fetchone()
    return row["scanned_until"] if row else None


async def move_on(conn: Connection, until: datetime) -> None:
    """Everybody who was last seen before this moment was looked at."""
    await conn.execute(_MOVE, (until,))


async def silent(
    conn: Connection, after: datetime, until: datetime, advertising: Sequence[str], most: int
) -> list[Silence]:
    """Whoever was last seen between these moments, the longest silent first; at most so many."""
    values: dict[str, Any] = {"after": after, "until": until, "advertising": list(advertising)}
    given = {**values, "world": WORLD, "most": most, "looked_back": LOOKED_BACK}
    return [Silence(**row) for row in await (await conn.execute(_SILENT, given)).fetchall()]


async def cancel_broken(
    conn: Connection, marketing: Sequence[str], unless_answered: Sequence[str], now: datetime
) -> int:
    """Cancel what became pointless: the person wrote again, or took back their consent to marketing; how many."""
    values = {"marketing": list(marketing), "unless_answered": list(unless_answered), "world": WORLD, "now": now}
    return (await conn.execute(_BROKEN, values)).rowcount
