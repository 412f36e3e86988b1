"""Stars that may go back: what a lead paid with them, and the order to give it back as a row of the outbox.

The row belongs to no lead, because who is owed money is owed it after an erasure too; it holds the charge, and the chat
that paid until it is emptied. One payment has one order. One that failed can be given anew.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict

from core.db.pool import Connection
from core.domain.dispatches import ServiceChannel, StarsOrder

_PAID = """
    select p.id, p.lead_id, leads.channel, leads.chat, leads.name, courses.name as course, p.provider,
        p.provider_reference as charge, k.units as stars, p.amount, p.currency, p.refunded_amount, o.status as ordered
    from payments p
    join leads on leads.id = p.lead_id
    join courses on courses.id = p.course_id
    left join checkouts k on k.payment_id = p.id and k.payment_reference = p.provider_reference
    left join outbox o on o.key = 'stars:refund:' || p.id
    where p.paid_at is not null and p.provider_reference is not null
"""
_OF_LEAD = f"""{_PAID} and p.lead_id = %s
    order by p.provider = 'stars' and p.refunded_amount = 0 desc, p.paid_at desc, p.id limit 1
"""
_BY_ID = f"{_PAID} and p.id = %s"
_ORDER = """
    insert into outbox (key, channel, chat, lead_id, turn_id, message, not_before, created_at)
    values ('stars:refund:' || %(payment)s, %(channel)s, %(payment)s, null, 'stars:refund', %(content)s, %(now)s,
        %(now)s)
    on conflict (key) do update set status = 'pending', attempts = 0, tries = outbox.tries + 1, lease_until = null,
        not_before = excluded.not_before, error = null, message = excluded.message
    where outbox.status = 'failed'
    returning id
"""


class PaidOnce(BaseModel):
    """A payment of a lead whose money came. `ordered` is how the order to give it back stands; None without one."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    lead_id: UUID
    channel: str
    chat: str
    name: str | None
    course: str
    provider: str
    charge: str
    stars: int | None
    amount: Decimal
    currency: str
    refunded_amount: Decimal
    ordered: str | None


async def of_lead(conn: Connection, lead_id: UUID) -> PaidOnce | None:
    """The latest payment in Stars that did not go back, else the latest of any kind; None when nothing was paid."""
    row = await (await conn.execute(_OF_LEAD, (lead_id,))).fetchone()
    return PaidOnce.model_validate(row) if row else None


async def by_id(conn: Connection, payment_id: UUID) -> PaidOnce | None:
    """This payment, if its money came and its lead is still known."""
    row = await (await conn.execute(_BY_ID, (payment_id,))).fetchone()
    return PaidOnce.model_validate(row) if row else None


async def order(conn: Connection, payment_id: UUID, content: StarsOrder, now: datetime) -> bool:
    """Order it to be given back; False when that was ordered before and did not fail."""
    given = {
        "payment": str(payment_id),
        "channel": ServiceChannel.STARS.value,
        "content": Jsonb(content.model_dump(mode="json")),
        "now": now,
    }
    return await (await conn.execute(_ORDER, given)).fetchone() is not None
