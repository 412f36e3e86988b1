"""Leads as the advisors' desk shows them: one lead's card, and the list of those that deserve an advisor's eye."""

from datetime import datetime
from uuid import UUID

from core.db.pool import Connection
from core.domain.lead_card import LeadCard, QueuedLead

LINES = 8
INTENTS = 5
PAGE = 6

# Whoever comes second finds the first one's number: the row is locked by the update.
_NUMBER = "update leads set number = coalesce(number, nextval('lead_numbers')) where id = %s returning number"
_CARD = """
with said as (
    select id, author, position, text, payload, created_at from messages where lead_id = %(lead)s
), heard as (
    select id, payload->>'intent' as intent, payload->>'objection' as objection
    from said where author = 'lead' and position = 0 and jsonb_typeof(payload) = 'object'
), lately as (
    select * from heard order by id desc limit %(intents)s
)
select leads.id, leads.number, leads.channel, leads.chat, leads.name, leads.stage, leads.language, leads.timezone,
    leads.source, leads.campaign, leads.profile, courses.name as course, leads.blocked_at is not null as blocked,
    leads.created_at, leads.last_seen_at,
    (select jsonb_build_object('score', score, 'predictor', predictor, 'features', features, 'at', at)
     from selections where lead_id = leads.id order by at desc, id desc limit 1) as score,
    (select coalesce(jsonb_agg(intent order by id desc) filter (where intent is not null), '[]') from lately)
        as intents,
    coalesce((select objection from lately where objection is not null order by id desc limit 1), '')
        as latest_objection,
    (select coalesce(jsonb_object_agg(objection, times), '{}') from (
        select objection, count(*) as times from heard where objection is not null group by objection) as counted)
        as objections,
    (select coalesce(jsonb_agg(jsonb_build_object('author', author, 'text', text, 'at', created_at)
        order by id), '[]')
     from (select * from said where text <> '' order by id desc limit %(lines)s) as latest) as lines,
    (select max(created_at) from demo_links where lead_id = leads.id) as demo_link_at,
    (select jsonb_build_object('status', status, 'starts_at', starts_at, 'ends_at', ends_at, 'host', host_name)
     from bookings where lead_id = leads.id order by status = 'booked' desc, created_at desc limit 1) as booking,
    (select jsonb_build_object('status', status, 'amount', amount::text, 'currency', currency, 'created_at', created_at,
        'expires_at', expires_at, 'paid_at', paid_at, 'refunded', refunded_at is not null)
     from payments where lead_id = leads.id
     order by paid_at is not null desc, coalesce(paid_at, created_at) desc limit 1) as payment,
    (select jsonb_build_object('id', handoffs.id, 'status', status, 'reason', reason, 'opened_at', opened_at,
        'deadline_at', deadline_at, 'advisor_id', advisor_id, 'advisor', advisors.name)
     from handoffs left join advisors on advisors.id = advisor_id
     where lead_id = leads.id and closed_at is null) as handoff
from leads left join courses on courses.id = leads.course_id
where leads.id = %(lead)s
"""
# Waiting ones first, then those whom an advisor has, then the hottest. Silence of two weeks, or a farewell, ends it.
_QUEUE = """
select leads.id, number, name, stage, latest.score, leads.last_seen_at,
    coalesce(handoffs.status in ('open', 'waiting'), false) as waiting,
    coalesce(handoffs.status = 'taken', false) as with_advisor
from leads
left join handoffs on handoffs.lead_id = leads.id and handoffs.closed_at is null
left join lateral (
    select score from selections where lead_id = leads.id order by at desc, id desc limit 1) as latest on true
where leads.channel = %(channel)s and leads.blocked_at is null
  and (handoffs.id is not null or (stage in ('conversation', 'demo', 'checkout') and latest.score is not null
       and leads.last_seen_at > %(since)s))
order by coalesce(handoffs.status in ('open', 'waiting'), false) desc, handoffs.id is not null desc,
    latest.score desc nulls last, leads.last_seen_at desc, leads.id
limit %(limit)s offset %(offset)s
"""


async def number(conn: Connection, lead_id: UUID) -> int | None:
    """What advisors call a lead, given now if they had no number; None when there is no such lead."""
    row = await (await conn.execute(_NUMBER, (lead_id,))).fetchone()
    return int(row["number"]) if row else None


async def by_number(conn: Connection, called: int) -> UUID | None:
    """The lead that advisors call so."""
    row = await (await conn.execute("select id from leads where number = %s", (called,))).fetchone()
    return row["id"] if row else None


async def load(conn: Connection, lead_id: UUID) -> LeadCard | None:
    """The lead's card, with a number from now on; None when there is no such lead."""
    if await number(conn, lead_id) is None:
        return None
    row = await (await conn.execute(_CARD, {"lead": lead_id, "lines": LINES, "intents": INTENTS})).fetchone()
    return LeadCard.model_validate(row) if row else None


async def queue(conn: Connection, channel: str, since: datetime, page: int) -> tuple[list[QueuedLead], bool]:
    """One page (from 0) of the leads that deserve an advisor's eye, and whether there are more. All have numbers.

    Who is in no hand-off counts only if they wrote after `since`.
    """
    given = {"channel": channel, "since": since, "limit": PAGE + 1, "offset": page * PAGE}
    rows = await (await conn.execute(_QUEUE, given)).fetchall()
    shown = []
    for row in rows[:PAGE]:
        called = row["number"] or await number(conn, row["id"])
        shown.append(QueuedLead.model_validate({**row, "number": called}))
    return shown, len(rows) > PAGE
