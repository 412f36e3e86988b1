"""Follow-ups: messages that were promised, or that something gave rise to, for a later moment.

A follow-up is decided once: whoever sends, withholds or cancels it must get it out of `planned` first, so that two
workers never send the same one. What speaks for or against it is read in the same transaction, with the lead's row
locked, so that two follow-ups of one person cannot both find the day's place free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db.pool import Connection
from core.domain.promises import FollowUp, FollowUpStatus

UNSEEN = """
    array(select text from messages
        where lead_id = leads.id and author = 'brenda' and starts_with(turn_id, 'follow_up:')
        and id > coalesce((select max(id) from messages where lead_id = leads.id and author = 'lead'), 0) order by id)
"""
"""A subquery on `leads`: what follow-ups said since the person's last line, which no turn has seen yet."""
DAY = timedelta(days=1)
WORLD = r"^\[(payment|booking|deadline|advisor)\]"
"""How a line begins that the world wrote into a chat, and not the person."""

_COLUMNS = """id, lead_id, turn_id, kind, note, due_at, status, reason, decided_at, subject, about_at, planned_for,
    not_after, postponed, created_at"""
# Updating a row to what it is makes a second call see the first one's row, even while that one is being written.
_PLAN = f"""
    insert into follow_ups (lead_id, turn_id, kind, note, due_at, key, created_at, guessed_zone)
    values (%(lead_id)s, %(turn_id)s, %(kind)s, %(note)s, %(due_at)s, %(key)s, coalesce(%(now)s, now()), %(zone)s)
    on conflict (key) do update set key = excluded.key
    returning {_COLUMNS}
"""  # noqa: S608
_RAISE = """
    insert into follow_ups (lead_id, turn_id, kind, note, due_at, key, subject, about_at, created_at)
    select id, 'world', %(kind)s, %(note)s, %(now)s, %(key)s, %(subject)s, %(about_at)s, %(now)s
    from leads where id = %(lead_id)s and blocked_at is null and stage <> 'opted_out' and channel <> 'evals'
    on conflict (key) do nothing
    returning id
"""
_BY_ID = f"select {_COLUMNS} from follow_ups where id = %s"  # noqa: S608
_PLANNED_IN = f"""
    select {_COLUMNS} from follow_ups
    where lead_id = %s and status = 'planned' and turn_id = %s
    order by id
"""  # noqa: S608
_PLACE = f"""
    update follow_ups set due_at = %(due_at)s, planned_for = %(planned_for)s, not_after = %(not_after)s
    where id = %(id)s and status = 'planned' and planned_for is null
    returning {_COLUMNS}
"""  # noqa: S608
_POSTPONE = """
    update follow_ups set planned_for = %(until)s, reason = %(reason)s, postponed = postponed + 1
    where id = %(id)s and status = 'planned'
"""
_DECIDE = """
    with decided as (
        update follow_ups set status = %(status)s, reason = %(reason)s, decided_at = %(now)s
        where id = %(id)s and status = 'planned'
        returning id, lead_id, kind
    )
    insert into events (lead_id, kind, payload, key, at)
    select lead_id, 'follow_up_' || %(status)s, jsonb_build_object('follow_up', id, 'trigger', kind, 'reason',
        %(reason)s::text), 'follow_up:' || id, %(now)s
    from decided
"""
_CANCEL = """
    update follow_ups set status = 'cancelled', reason = %s, decided_at = %s
    where lead_id = %s and status = 'planned'
"""
_CANCEL_KINDS = """
    update follow_ups set status = 'cancelled', reason = %(reason)s, decided_at = %(now)s
    where lead_id = %(lead_id)s and status = 'planned' and kind = any(%(kinds)s)
      and (%(subject)s = '' or subject = %(subject)s)
"""
_CIRCUMSTANCES = r"""
select exists (select from handoffs where lead_id = %(lead)s and closed_at is null) as human,
    exists (
        select from messages where lead_id = %(lead)s and author = 'lead' and created_at > %(since)s
          and text !~ %(world)s
    ) or exists (
        select from inbox join leads using (channel, chat)
        where leads.id = %(lead)s and done_at is null and received_at > %(since)s
          and input->>'kind' not in ('payment', 'booking', 'deadline', 'advisor')
    ) as answered,
    (select max(created_at) from messages where lead_id = %(lead)s and author = 'lead'
        and payload->>'intent' in ('refusal', 'stop_request')) as refused_at,
    case
        when %(kind)s in ('demo_booked', 'demo_tomorrow', 'demo_soon') then %(subject)s = '' or exists (
            select from bookings where 'bookings:' || id = %(subject)s and status = 'booked')
        when %(kind)s = 'demo_missed' then not exists (
            select from bookings where lead_id = %(lead)s and status = 'booked' and ends_at > %(now)s)
        else not exists (
            select from payments where 'payments:' || id = %(subject)s and status in ('paid', 'refunded'))
    end as stands,
    sent.*
from (
    select count(*) filter (where kind = any(%(alike)s) and decided_at > %(yesterday)s) as sent_today,
        count(*) filter (where kind = any(%(alike)s)) as sent_total,
        count(*) filter (where kind = %(kind)s) as sent_of_trigger
    from follow_ups where lead_id = %(lead)s and status = 'sent'
) as sent
"""
_READINGS = """
    select payload from messages
    where lead_id = %s and author = 'lead' and jsonb_typeof(payload) = 'object' order by id desc limit 8
"""
_RECORD = """
    insert into messages (lead_id, turn_id, position, author, text, payload, prompt_hash, created_at)
    values (%(lead)s, %(turn)s, 0, 'brenda', %(text)s, %(payload)s,
        (select hash from prompt_versions where hash = %(hash)s), %(now)s)
    on conflict (turn_id, author, position) do nothing
"""
_ORPHANS = """
    select id from follow_ups
    where status = 'planned' and coalesce(planned_for, due_at) < %(before)s and not exists (
        select from procrastinate_jobs
        where task_name = %(task)s and args->>'follow_up' = follow_ups.id::text
          and status in ('todo', 'doing', 'failed'))
    order by id limit 500
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What speaks for or against a follow-up at this moment. Counts are of what was sent to the lead: of the same
    class (advertising or service) within 24 hours and ever, and of the same trigger.
    """

    human: bool
    answered: bool
    refused_at: datetime | None
    stands: bool
    sent_today: int
    sent_total: int
    sent_of_trigger: int


async def plan(
    conn: Connection,
    *,
    key: str,
    turn_id: str,
    lead_id: UUID,
    kind: str,
    note: str,
    due_at: datetime,
    now: datetime | None = None,
    guessed_zone: str | None = None,
) -> FollowUp:
    """A new follow-up, or the one that has this key. Its job is deferred by whoever closes the turn.

    `guessed_zone`: on whose clock `due_at` was reckoned, if that was a guess.
    """
    values = {"key": key, "turn_id": turn_id, "lead_id": lead_id, "kind": kind, "note": note, "due_at": due_at}
    row = await (await conn.execute(_PLAN, {**values, "now": now, "zone": guessed_zone})).fetchone()
    return FollowUp.model_validate(row)


async def raised(
    conn: Connection,
    *,
    key: str,
    lead_id: UUID,
    kind: str,
    note: str,
    about_at: datetime | None,
    subject: str,
    now: datetime,
) -> int | None:
    """The id of a new follow-up that is still to be placed; None when the key is known or nobody may be written to."""
    values = {"key": key, "lead_id": lead_id, "kind": kind, "note": note, "about_at": about_at}
    row = await (await conn.execute(_RAISE, {**values, "subject": subject, "now": now})).fetchone()
    return int(row["id"]) if row else None


async def on_guessed_clocks(conn: Connection) -> list[tuple[int, UUID, datetime, str]]:
    """What is promised on a clock that was guessed: (id, lead, due at, zone)."""
    found = await conn.execute(
        "select id, lead_id, due_at, guessed_zone from follow_ups "
        "where status = 'planned' and planned_for is null and guessed_zone is not null order by id limit 1000"
    )
    return [(row["id"], row["lead_id"], row["due_at"], row["guessed_zone"]) for row in await found.fetchall()]


async def settle_clock(conn: Connection, follow_up_id: int, due_at: datetime) -> bool:
    """The person's own clock is known: it is due then. False when it was decided or settled before."""
    cursor = await conn.execute(
        "update follow_ups set due_at = %s, guessed_zone = null "
        "where id = %s and status = 'planned' and planned_for is null and guessed_zone is not null",
        (due_at, follow_up_id),
    )
    return cursor.rowcount > 0


async def planned_in(conn: Connection, lead_id: UUID, turn_id: str) -> list[FollowUp]:
    """What this turn promised, for which jobs are to be deferred."""
    found = await conn.execute(_PLANNED_IN, (lead_id, turn_id))
    return [FollowUp.model_validate(row) for row in await found.fetchall()]


async def by_id(conn: Connection, follow_up_id: int) -> FollowUp | None:
    """The follow-up, decided or not."""
    row = await (await conn.execute(_BY_ID, (follow_up_id,))).fetchone()
    return FollowUp.model_validate(row) if row else None


async def due(conn: Connection, follow_up_id: int) -> FollowUp | None:
    """The follow-up whose job has come, or None when it was decided already. Its lead is locked until the
    transaction's end, so that whoever decides about the same person waits.
    """
    locked = "select from leads where id = (select lead_id from follow_ups where id = %s) for no key update"
    await conn.execute(locked, (follow_up_id,))
    found = await by_id(conn, follow_up_id)
    return found if found and found.status is FollowUpStatus.PLANNED else None


async def place(
    conn: Connection, follow_up_id: int, *, due_at: datetime, planned_for: datetime, not_after: datetime
) -> FollowUp | None:
    """Say when a follow-up is due, tried and over; None when it was placed or decided before."""
    values = {"id": follow_up_id, "due_at": due_at, "planned_for": planned_for, "not_after": not_after}
    row = await (await conn.execute(_PLACE, values)).fetchone()
    return FollowUp.model_validate(row) if row else None


async def postpone(conn: Connection, follow_up_id: int, until: datetime, reason: str) -> bool:
    """Try it again at `until`; the reason stays on the row. False when it was decided before."""
    values = {"id": follow_up_id, "until": until, "reason": reason}
    return (await conn.execute(_POSTPONE, values)).rowcount > 0


async def decide(
    conn: Connection, follow_up_id: int, status: FollowUpStatus, reason: str | None, now: datetime
) -> bool:
    """Settle what becomes of a planned follow-up, with an event of it; False when somebody else did before."""
    values = {"id": follow_up_id, "status": status.value, "reason": reason, "now": now}
    return (await conn.execute(_DECIDE, values)).rowcount > 0


async def cancel_planned(conn: Connection, lead_id: UUID, reason: str, now: datetime) -> int:
    """Cancel all that is planned for a lead; the number that was cancelled."""
    return (await conn.execute(_CANCEL, (reason, now, lead_id))).rowcount


async def cancel_kinds(
    conn: Connection, lead_id: UUID, kinds: Sequence[str], *, reason: str, now: datetime, subject: str
) -> int:
    """Cancel what is planned of these kinds, and of this subject unless it is empty; how many."""
    values = {"lead_id": lead_id, "kinds": list(kinds), "reason": reason, "now": now, "subject": subject}
    return (await conn.execute(_CANCEL_KINDS, values)).rowcount


async def circumstances(conn: Connection, follow_up: FollowUp, alike: Sequence[str], now: datetime) -> Circumstances:
    """What speaks for or against it now. `alike` are the triggers that count towards the same cap."""
    values = {"lead": follow_up.lead_id, "since": follow_up.created_at, "world": WORLD, "subject": follow_up.subject}
    counted = {"alike": list(alike), "kind": follow_up.kind, "now": now, "yesterday": now - DAY}
    row = await (await conn.execute(_CIRCUMSTANCES, {**values, **counted})).fetchone()
    assert row is not None  # noqa: S101 - a select without a table always gives its row
    return Circumstances(**row)


async def readings(conn: Connection, lead_id: UUID) -> list[dict[str, Any]]:
    """What the lead's last messages were understood to mean, the newest first, each without its defaults."""
    return [dict(row["payload"]) for row in await (await conn.execute(_READINGS, (lead_id,))).fetchall()]


async def venue(conn: Connection, follow_up: FollowUp) -> str:
    """Where the demo is that it is about, as words or a link; empty when it is about none, or nobody said."""
    found = await conn.execute("select place from bookings where 'bookings:' || id = %s", (follow_up.subject,))
    row = await found.fetchone()
    return str(row["place"]) if row else ""


async def record_words(conn: Connection, follow_up: FollowUp, text: str, prompt_hash: str, now: datetime) -> None:
    """Write down what was said, as a line of Brenda's in a turn of its own."""
    payload = Jsonb({"follow_up": follow_up.kind})
    values = {"lead": follow_up.lead_id, "turn": f"follow_up:{follow_up.id}", "text": text, "payload": payload}
    await conn.execute(_RECORD, {**values, "hash": prompt_hash, "now": now})


async def orphans(conn: Connection, task: str, before: datetime) -> list[int]:
    """What was to be tried before this moment and has no job (any more), not even one that failed for good."""
    found = await conn.execute(_ORPHANS, {"task": task, "before": before})
    return [int(row["id"]) for row in await found.fetchall()]
