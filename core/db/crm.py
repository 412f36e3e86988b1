"""What the CRM may be told of a lead, as it stands now, and what it was told."""

from datetime import datetime
from uuid import UUID

from core.db.dispatches import LIVE
from core.db.pool import Connection
from core.domain.crm import CrmKnown, CrmLead

_TALKS = """
    coalesce((select granted from consents where lead_id = leads.id and kind = 'talk'
              order by at desc, id desc limit 1), false)
"""
_STATE = f"""
    select leads.id as lead_id, leads.name, leads.profile->>'email' as email, leads.language, leads.stage,
        leads.campaign, leads.source, courses.name as course, coalesce(payment.amount, courses.price) as amount,
        coalesce(payment.currency, courses.currency) as currency, payment.paid_at, {_TALKS} as may_talk,
        to_jsonb(crm_contacts) as known
    from leads
    left join lateral (
        select course_id, amount, currency, paid_at from payments
        where lead_id = leads.id and status in ('paid', 'link_sent', 'pending')
        order by status = 'paid' desc, created_at desc limit 1
    ) payment on true
    left join courses on courses.id = coalesce(payment.course_id, leads.course_id)
    left join crm_contacts on crm_contacts.lead_id = leads.id
    where leads.id = %s and leads.channel = any(%s)
"""  # noqa: S608
_SAVE = """
    insert into crm_contacts (lead_id, contact_id, deal_id, deal_stage, digest, synced_at)
    select id, %(contact_id)s, %(deal_id)s, %(deal_stage)s, %(digest)s, %(now)s from leads where id = %(lead_id)s
    on conflict (lead_id) do update set contact_id = excluded.contact_id,
        deal_id = coalesce(excluded.deal_id, crm_contacts.deal_id),
        deal_stage = coalesce(excluded.deal_stage, crm_contacts.deal_stage),
        digest = excluded.digest, synced_at = excluded.synced_at
"""
_TO_TELL = f"""
    select leads.id from leads left join crm_contacts on crm_contacts.lead_id = leads.id
    where leads.channel = any(%(live)s) and ({_TALKS} or crm_contacts.lead_id is not null)
      and (%(since)s::timestamptz is null or leads.last_seen_at >= %(since)s)
    order by crm_contacts.synced_at nulls first, leads.id
"""  # noqa: S608


async def state(conn: Connection, lead_id: UUID) -> tuple[CrmLead, CrmKnown | None] | None:
    """The lead and what the CRM knows of them; None when there is no such lead, or none whom it may hear of."""
    row = await (await conn.execute(_STATE, (lead_id, list(LIVE)))).fetchone()
    if row is None:
        return None
    return CrmLead.model_validate(row), CrmKnown.model_validate(row["known"]) if row["known"] else None


async def save(conn: Connection, lead_id: UUID, known: CrmKnown, now: datetime) -> None:
    """Keep what the CRM knows now. A lead who was erased meanwhile stays erased."""
    await conn.execute(_SAVE, {**known.model_dump(), "lead_id": lead_id, "now": now})


async def to_tell(conn: Connection, since: datetime | None) -> list[UUID]:
    """The leads the CRM may hear of, seen since then; those first that it never heard of, then the longest ago."""
    rows = await (await conn.execute(_TO_TELL, {"live": list(LIVE), "since": since})).fetchall()
    return [row["id"] for row in rows]
