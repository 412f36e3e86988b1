"""Payments: what a lead may pay now, and the rows behind payment links.

A row holds the amount that was said; its link carries only the row's id. Whether a link still opens is told by the row,
and a link to a row that is not there looks the same as a forged one.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.db.pool import Connection
from core.domain.promises import Payment, PaymentStatus
from core.errors import ExpiredLinkError, ForgedLinkError
from core.integrations.links import LinkPurpose, LinkSigner

MAX_LINK_AGE = timedelta(days=31)
"""Beyond any `expires_at` that a row can have: the row decides first."""

_COLUMNS = """
    id, lead_id, course_id, offer_id, turn_id, provider, provider_reference, status, amount, currency, created_at,
    expires_at, paid_at
"""
_BY_KEY = f"select {_COLUMNS} from payments where key = %s"  # noqa: S608
_BY_ID = f"select {_COLUMNS} from payments where id = %s"  # noqa: S608
_QUOTE = """
    select c.price, c.currency,
           exists (select from payments p where p.course_id = c.id and p.lead_id = %(lead_id)s and p.status = 'paid')
               as already_paid
    from courses c
    where c.id = %(course_id)s and c.is_active and (%(samples)s or not c.is_sample)
"""
_OPEN = f"""
    insert into payments (lead_id, course_id, offer_id, turn_id, provider, amount, currency, created_at, expires_at,
                          key)
    values (%(lead_id)s, %(course_id)s, %(offer_id)s, %(turn_id)s, %(provider)s, %(amount)s, %(currency)s,
            %(created_at)s, %(expires_at)s, %(key)s)
    on conflict (key) do update set key = excluded.key
    returning {_COLUMNS}
"""  # noqa: S608


class Quote(BaseModel):
    """What a course costs without an offer, and whether this lead has paid for it already."""

    model_config = ConfigDict(frozen=True)

    price: Decimal
    currency: str
    already_paid: bool


class NewPayment(BaseModel):
    """A payment to invite to. `key` names the call that makes it."""

    model_config = ConfigDict(frozen=True)

    key: str
    turn_id: str
    lead_id: UUID
    course_id: int
    offer_id: int | None
    provider: str
    amount: Decimal
    currency: str
    created_at: datetime
    expires_at: datetime


async def quote(conn: Connection, course_id: int, lead_id: UUID, samples: bool) -> Quote | None:
    """The price as it is now, or None when the course is not sold."""
    found = await conn.execute(_QUOTE, {"course_id": course_id, "lead_id": lead_id, "samples": samples})
    row = await found.fetchone()
    return Quote.model_validate(row) if row else None


async def by_key(conn: Connection, key: str) -> Payment | None:
    """The payment that this call has made before."""
    row = await (await conn.execute(_BY_KEY, (key,))).fetchone()
    return Payment.model_validate(row) if row else None


async def send_link(conn: Connection, payment: NewPayment) -> Payment:
    """Store a payment in status `link_sent`, or give the one that has its key."""
    row = await (await conn.execute(_OPEN, payment.model_dump())).fetchone()
    return Payment.model_validate(row)


async def open_link(conn: Connection, token: str, signer: LinkSigner, now: datetime) -> Payment:
    """The payment that a link stands for.

    Raises:
        ForgedLinkError: we did not make it, not for a payment, or its row is gone; nothing tells which.
        ExpiredLinkError: its time is over.
    """
    row_id, _ = signer.verify(LinkPurpose.PAYMENT, token, int(MAX_LINK_AGE.total_seconds()))
    row = await (await conn.execute(_BY_ID, (row_id,))).fetchone()
    if row is None:
        raise ForgedLinkError("Ask for a new one in the chat.")
    payment = Payment.model_validate(row)
    if now >= payment.expires_at or payment.status is PaymentStatus.EXPIRED:
        raise ExpiredLinkError("Ask for a new one in the chat.")
    return payment
