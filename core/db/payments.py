"""Payments: what a lead may pay now, and the rows behind payment links.

A row holds the amount that was said; its link carries only the row's id. Whether a link still opens is told by the row,
and a link to a row that is not there looks the same as a forged one.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from psycopg.rows import DictRow
from pydantic import BaseModel, ConfigDict

from core.db.pool import Connection
from core.domain.promises import Payment, PaymentStatus
from core.errors import ExpiredLinkError, ForgedLinkError
from core.integrations.links import LinkPurpose, LinkSigner

MAX_LINK_AGE = timedelta(days=31)
"""Beyond any `expires_at` that a row can have: the row decides first."""

_COLUMNS = """
    id, lead_id, course_id, offer_id, turn_id, provider, provider_reference, status, amount, currency, created_at,
    expires_at, paid_at, said_amount, said_currency, opened_at, failure, refunded_amount, refunded_at
"""
_BY_KEY = f"select {_COLUMNS} from payments where key = %s"  # noqa: S608
_BY_ID = f"select {_COLUMNS} from payments where id = %s"  # noqa: S608
_LOCK = f"{_BY_ID} for no key update"
_BY_REFERENCE = f"select {_COLUMNS} from payments where provider_reference = %s"  # noqa: S608
_OPENED = "update payments set opened_at = %s where id = %s and opened_at is null"
_ASK = """
    update payments set status = 'pending', provider = %(provider)s, amount = %(amount)s, currency = %(currency)s,
        failure = null,
        said_amount = coalesce(said_amount, amount), said_currency = coalesce(said_currency, currency)
    where id = %(id)s
"""
_MOVE = "update payments set status = %(status)s, failure = coalesce(%(failure)s, failure) where id = %(id)s"
_PAY = """
    update payments set status = 'paid', paid_at = %(at)s, provider_reference = %(reference)s, provider = %(provider)s,
        amount = %(amount)s, currency = %(currency)s, offer_id = %(offer_id)s, failure = null, refunded_amount = 0,
        refunded_at = null
    where id = %(id)s
"""
_REFUND = """
    update payments set refunded_amount = %(refunded)s, refunded_at = coalesce(refunded_at, %(at)s),
        status = case when %(full)s then 'refunded' else status end
    where id = %(id)s
"""
_OTHERS_PAID = """
    select exists (select from payments where lead_id = %(lead_id)s and id <> %(id)s and status = 'paid'
        and (%(course_id)s::bigint is null or course_id = %(course_id)s)) as found
"""
_ANOTHER_HOLDS = """
    select exists (
        select from payments p join offer_claims c on c.offer_id = p.offer_id and c.lead_id = p.lead_id
        where c.id = %(claim_id)s and p.id <> %(id)s
          and (p.status in ('link_sent', 'pending', 'failed') and p.expires_at > %(now)s
               or exists (select from checkouts k
                          where k.payment_id = p.id and k.claim_id = %(claim_id)s and k.status = 'open'))
    ) as found
"""
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


class PaidAs(BaseModel):
    """What is known of the money that came: what was paid, on which offer, and the provider's name of the payment."""

    model_config = ConfigDict(frozen=True)

    provider: str
    reference: str
    amount: Decimal
    currency: str
    offer_id: int | None
    at: datetime


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
    payment = await of_link(conn, token, signer)
    if now >= payment.expires_at or payment.status is PaymentStatus.EXPIRED:
        raise ExpiredLinkError("Ask for a new one in the chat.")
    return payment


async def of_link(conn: Connection, token: str, signer: LinkSigner) -> Payment:
    """The payment that a link was made for, also when nobody can begin to pay with it any more.

    Raises:
        ForgedLinkError: we did not make it, not for a payment, or its row is gone; nothing tells which.
        ExpiredLinkError: it is older than any payment's link can be.
    """
    row_id, _ = signer.verify(LinkPurpose.PAYMENT, token, int(MAX_LINK_AGE.total_seconds()))
    payment = await by_id(conn, row_id)
    if payment is None:
        raise ForgedLinkError("Ask for a new one in the chat.")
    return payment


async def by_id(conn: Connection, payment_id: UUID) -> Payment | None:
    """The payment, or None."""
    return _read(await (await conn.execute(_BY_ID, (payment_id,))).fetchone())


async def lock(conn: Connection, payment_id: UUID) -> Payment | None:
    """The payment, kept from anybody else to the end of the transaction; or None."""
    return _read(await (await conn.execute(_LOCK, (payment_id,))).fetchone())


async def by_reference(conn: Connection, reference: str) -> Payment | None:
    """The payment that the provider knows by this name, once it was paid; or None."""
    return _read(await (await conn.execute(_BY_REFERENCE, (reference,))).fetchone())


async def mark_opened(conn: Connection, payment_id: UUID, now: datetime) -> bool:
    """Note that the checkout page was seen; False when it was seen before."""
    return (await conn.execute(_OPENED, (now, payment_id))).rowcount > 0


async def ask(conn: Connection, payment_id: UUID, provider: str, amount: Decimal, currency: str) -> None:
    """A checkout begins over this amount; what was said before stays beside it."""
    given = {"id": payment_id, "provider": provider, "amount": amount, "currency": currency}
    await conn.execute(_ASK, given)


async def move(conn: Connection, payment_id: UUID, status: PaymentStatus, failure: str | None = None) -> None:
    """Set the status of a payment that is not paid; whoever calls holds its lock and knows that it may."""
    await conn.execute(_MOVE, {"id": payment_id, "status": status.value, "failure": failure})


async def pay(conn: Connection, payment_id: UUID, paid: PaidAs) -> None:
    """The money came."""
    await conn.execute(_PAY, {"id": payment_id, **paid.model_dump()})


async def give_back(conn: Connection, payment_id: UUID, refunded: Decimal, full: bool, at: datetime) -> None:
    """So much of a paid payment went back by now; `full` when that is all of it."""
    await conn.execute(_REFUND, {"id": payment_id, "refunded": refunded, "full": full, "at": at})


async def has_other_paid(conn: Connection, payment: Payment, course_id: int | None = None) -> bool:
    """Whether this payment's lead has another one that is paid, for this course or for any."""
    given = {"id": payment.id, "lead_id": payment.lead_id, "course_id": course_id}
    row = await (await conn.execute(_OTHERS_PAID, given)).fetchone()
    return row is not None and bool(row["found"])


async def another_holds(conn: Connection, payment: Payment, claim_id: int, now: datetime) -> bool:
    """Whether another link or try of the same person stands on this place."""
    row = await (await conn.execute(_ANOTHER_HOLDS, {"id": payment.id, "claim_id": claim_id, "now": now})).fetchone()
    return row is not None and bool(row["found"])


def _read(row: DictRow | None) -> Payment | None:
    return Payment.model_validate(row) if row else None
