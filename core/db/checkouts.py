"""The tries to pay: at most one is open for a payment, and what is known of a try is never undone.

Whoever writes here holds the lock of the payment's row, so that two tries never begin at once.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from psycopg.rows import DictRow
from pydantic import BaseModel, ConfigDict

from core.db.pool import Connection
from core.domain.checkouts import Checkout, CheckoutStatus

_COLUMNS = """
    id, payment_id, attempt, provider, reference, payment_reference, url, offer_id, claim_id, amount, currency, units,
    unit_currency, status, opened_at, expires_at, closed_at
"""
_BY_ID = f"select {_COLUMNS} from checkouts where id = %s"  # noqa: S608
_LATEST = f"select {_COLUMNS} from checkouts where payment_id = %s order by attempt desc limit 1"  # noqa: S608
_ATTEMPT = f"select {_COLUMNS} from checkouts where payment_id = %s and attempt = %s"  # noqa: S608
_OPEN = f"""
    insert into checkouts (payment_id, attempt, provider, offer_id, claim_id, amount, currency, units, unit_currency,
                           opened_at, expires_at)
    select %(payment_id)s, 1 + coalesce(max(attempt), 0), %(provider)s, %(offer_id)s, %(claim_id)s, %(amount)s,
           %(currency)s, %(units)s, %(unit_currency)s, %(opened_at)s, %(expires_at)s
    from checkouts where payment_id = %(payment_id)s
    returning {_COLUMNS}
"""  # noqa: S608
_ANSWERED = "update checkouts set reference = %s, url = %s where id = %s and reference is null"
_CLOSE = "update checkouts set status = %s, closed_at = %s, payment_reference = %s where id = %s"
_EXTEND = "update checkouts set expires_at = greatest(expires_at, %s) where id = %s and status = 'open'"


class NewCheckout(BaseModel):
    """A try that begins. `units` and `unit_currency` are what the provider will ask."""

    model_config = ConfigDict(frozen=True)

    payment_id: UUID
    provider: str
    offer_id: int | None
    claim_id: int | None
    amount: Decimal
    currency: str
    units: int
    unit_currency: str
    opened_at: datetime
    expires_at: datetime


async def begin(conn: Connection, new: NewCheckout) -> Checkout:
    """Store an open try under the payment's next number; the one before must be closed."""
    row = await (await conn.execute(_OPEN, new.model_dump())).fetchone()
    return Checkout.model_validate(row)


async def by_id(conn: Connection, checkout_id: int) -> Checkout | None:
    """The try, or None."""
    return _read(await (await conn.execute(_BY_ID, (checkout_id,))).fetchone())


async def latest(conn: Connection, payment_id: UUID) -> Checkout | None:
    """The last try of a payment, or None when nobody has begun to pay."""
    return _read(await (await conn.execute(_LATEST, (payment_id,))).fetchone())


async def attempt(conn: Connection, payment_id: UUID, number: int) -> Checkout | None:
    """The try of this number, or None."""
    return _read(await (await conn.execute(_ATTEMPT, (payment_id, number))).fetchone())


async def answered(conn: Connection, checkout_id: int, reference: str, url: str) -> None:
    """The provider has answered with its own name of the try and the page on which it is paid."""
    await conn.execute(_ANSWERED, (reference, url, checkout_id))


async def close(
    conn: Connection, checkout: Checkout, status: CheckoutStatus, now: datetime, reference: str | None = None
) -> bool:
    """What became of a try, with the `reference` of the money if it was paid; False when more was known already."""
    if not status.follows(checkout.status):
        return False
    await conn.execute(_CLOSE, (status.value, now, reference, checkout.id))
    return True


async def extend(conn: Connection, checkout_id: int, until: datetime) -> None:
    """A try that is still under way is not over before this moment."""
    await conn.execute(_EXTEND, (until, checkout_id))


def _read(row: DictRow | None) -> Checkout | None:
    return Checkout.model_validate(row) if row else None
