"""Enrolments: who is in which series of e-mails, and the one statement that plans what is due.

The statement enrols whoever has come to meet a sequence's condition and puts the steps that have fallen due into the
outbox. It may be run as often as one likes and by several workers at once: a lead enters a sequence once, and a step's
key is in the outbox once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db.dispatches import LIVE
from core.db.pool import Connection
from core.db.suppressions import hash_of
from core.prompts.mail_sequences import MailPlan

_PLAN = f"""
with sequences as (
    select * from jsonb_to_recordset(%(sequences)s)
        as s (name text, begins text, stage text, idle float8, fresh float8, stops jsonb, lasts float8)
), steps as (
    select * from jsonb_to_recordset(%(steps)s) as t (sequence text, template text, after float8)
), reachable as (
    select id, stage, last_seen_at,
        exists (select from bookings where lead_id = leads.id and status in ('booked', 'held')) as booked
    from leads
    where channel = any(%(live)s) and blocked_at is null and stage not in ('opted_out', 'handoff', 'customer')
      and profile->>'email' <> '' and last_seen_at >= %(now)s - make_interval(secs => %(horizon)s)
      and (select granted from consents where lead_id = leads.id and kind = 'marketing'
           order by at desc, id desc limit 1)
      and not exists (select from email_suppressions where address_hash = {hash_of("profile->>'email'")})
      and not exists (select from payments where lead_id = leads.id and status in ('paid', 'pending'))
), entered as (
    insert into email_enrolments (lead_id, sequence, started_at)
    select reachable.id, sequences.name, %(now)s from reachable join sequences on
        (begins = 'email_known' and last_seen_at >= %(now)s - make_interval(secs => fresh))
        or (begins = 'left' and reachable.stage = sequences.stage
            and last_seen_at <= %(now)s - make_interval(secs => idle)
            and last_seen_at >= %(now)s - make_interval(secs => idle + fresh))
    where not (booked and stops ? 'booked')
    on conflict do nothing
    returning lead_id, sequence, started_at
), going as (
    select lead_id, sequence, started_at from entered
    union all
    select lead_id, sequence, started_at from email_enrolments join sequences on sequences.name = sequence
    where stopped_at is null and started_at >= %(now)s - make_interval(secs => lasts)
), written as (
    insert into outbox (key, channel, chat, lead_id, turn_id, message, not_before, created_at)
    select 'email:' || sequence || ':' || template || ':' || lead_id, 'email', lead_id::text, lead_id,
        'email:' || sequence, jsonb_build_object('template', template, 'sequence', sequence), %(now)s, %(now)s
    from going join steps using (sequence)
    where started_at + make_interval(secs => after) <= %(now)s
      and started_at + make_interval(secs => after) > %(now)s - make_interval(secs => %(late)s)
    on conflict (key) do nothing
    returning 1
)
select (select count(*) from entered) as entered, (select count(*) from written) as written
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run of the planner did."""

    entered: int
    written: int


async def plan(conn: Connection, rules: MailPlan, now: datetime) -> Planned:
    """Enrol and write what is due."""
    row = await (await conn.execute(_PLAN, {**_rules(rules), "now": now, "live": list(LIVE)})).fetchone()
    return Planned(row["entered"], row["written"]) if row else Planned(0, 0)


async def stop(conn: Connection, lead_id: UUID, sequence: str, reason: str, now: datetime) -> bool:
    """End a sequence for a lead; False when it was over."""
    cursor = await conn.execute(
        """
        update email_enrolments set stopped_at = %s, reason = %s
        where lead_id = %s and sequence = %s and stopped_at is null
        """,
        (now, reason, lead_id, sequence),
    )
    return cursor.rowcount > 0


def _rules(rules: MailPlan) -> Mapping[str, Any]:
    late = rules.late_hours * 3600
    sequences = [
        {
            "name": name,
            "begins": each.begins,
            "stage": each.stage.value if each.stage else None,
            "idle": each.idle_hours * 3600,
            "fresh": each.fresh_hours * 3600,
            "stops": sorted(each.stops),
            "lasts": each.steps[-1].after_hours * 3600 + late,
        }
        for name, each in rules.sequences.items()
    ]
    steps = [
        {"sequence": name, "template": step.template, "after": step.after_hours * 3600}
        for name, each in rules.sequences.items()
        for step in each.steps
    ]
    horizon = max((each["idle"] + each["fresh"] for each in sequences), default=0.0)  # type: ignore[operator]
    return {"sequences": Jsonb(sequences), "steps": Jsonb(steps), "late": late, "horizon": horizon}
