"""What has to be known to write an e-mail, and the link by which its reader ends them."""

from datetime import datetime
from uuid import UUID

from core.db.pool import Connection
from core.db.suppressions import hash_of
from core.domain.mail import CourseWords, PaymentWords, Standing

_STANDING = f"""
    select leads.stage, leads.name, coalesce(nullif(leads.profile->>'email', ''), %(fallback)s) as email,
        leads.blocked_at is not null as blocked, leads.last_seen_at, leads.course_id,
        coalesce((select granted from consents where lead_id = leads.id and kind = 'marketing'
                  order by at desc, id desc limit 1), false) as marketing,
        suppressed.reason as suppressed, coalesce(suppressed.everything, false) as everything,
        exists (select from payments where lead_id = leads.id and status in ('paid', 'pending')) as purchased,
        exists (select from bookings where lead_id = leads.id and status in ('booked', 'held')) as booked,
        enrolment.started_at as enrolled_at, enrolment.stopped_at is not null as enrolment_stopped,
        (select max((message->>'written_at')::timestamptz) from outbox
         where lead_id = leads.id and channel = 'email' and message->>'marketing' = 'true') as last_letter_at
    from leads
    left join email_suppressions suppressed on suppressed.address_hash =
        {hash_of("coalesce(nullif(leads.profile->>'email', ''), %(fallback)s)")}
    left join email_enrolments enrolment on enrolment.lead_id = leads.id and enrolment.sequence = %(sequence)s
    where leads.id = %(lead_id)s
"""  # noqa: S608
_COURSE = """
    select name, tagline, duration_weeks as weeks, total_hours as hours, modality, price, currency,
        (select count(*) from course_modules where course_id = courses.id) as modules
    from courses where id = %s and is_active
"""
_PAYMENT = """
    select payments.id::text as reference, courses.name as course, amount, payments.currency,
        refunded_amount as refunded, paid_at, refunded_at, provider
    from payments join courses on courses.id = payments.course_id
    where payments.id = %s and lead_id = %s
"""
_LINK = f"""
    insert into email_links (lead_id, address_hash, created_at)
    select id, {hash_of("%s")}, %s from leads where id = %s
    on conflict (lead_id, address_hash) do update set address_hash = excluded.address_hash
    returning id
"""  # noqa: S608


async def standing(conn: Connection, lead_id: UUID, sequence: str = "", fallback: str | None = None) -> Standing | None:
    """Where a lead stands. `fallback` is the address to take when they have told none."""
    given = {"lead_id": lead_id, "sequence": sequence, "fallback": fallback}
    row = await (await conn.execute(_STANDING, given)).fetchone()
    return Standing.model_validate(row) if row else None


async def course(conn: Connection, course_id: int | None) -> CourseWords | None:
    """The course in words, if it is sold."""
    row = await (await conn.execute(_COURSE, (course_id,))).fetchone()
    return CourseWords.model_validate(row) if row else None


async def payment(conn: Connection, payment_id: UUID, lead_id: UUID) -> PaymentWords | None:
    """The lead's payment in words."""
    row = await (await conn.execute(_PAYMENT, (payment_id, lead_id))).fetchone()
    return PaymentWords.model_validate(row) if row else None


async def link(conn: Connection, lead_id: UUID, address: str, now: datetime) -> UUID | None:
    """The row that the unsubscribe link to this address stands for."""
    row = await (await conn.execute(_LINK, (address, now, lead_id))).fetchone()
    return row["id"] if row else None
