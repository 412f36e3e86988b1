"""Offers that are live, and the places on them.

A place is claimed under a lock on its offer, so that however many ask at once, no more get one than there are. A
reservation that ran out counts no longer; nobody has to sweep it away. A claim needs the offer to be approved and
within its window at the moment that is passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import DictRow

from core.db.pool import Connection
from core.domain.offers import Claim, Offer, OfferKind
from core.errors import OfferError

_IN_WINDOW = """
    select o.id, o.course_id, o.kind, o.name, o.description, o.percent_off, o.bonus, o.bonus_value, o.starts_at,
           o.ends_at, o.max_claims, c.price as course_price, c.currency, (o.is_sample or c.is_sample) as is_sample,
           (select count(*) from offer_claims p where p.offer_id = o.id and p.status = 'paid') as paid
    from offers o join courses c on c.id = o.course_id
    where o.course_id = %(course_id)s and o.kind = %(kind)s and c.is_active
      and o.approved_at <= %(now)s and o.starts_at <= %(now)s and o.ends_at > %(now)s
      and (%(samples)s or not (o.is_sample or c.is_sample))
    order by o.percent_off desc nulls last, o.ends_at, o.id
"""
_LOCK = """
    select ends_at, max_claims as places,
           coalesce(approved_at <= %(now)s, false) and starts_at <= %(now)s and ends_at > %(now)s as is_live
    from offers where id = %(offer_id)s
    for no key update
"""
_OWN = "select id, offer_id, lead_id, status, reserved_until from offer_claims where offer_id = %s and lead_id = %s"
_RESERVE = """
    insert into offer_claims as mine (offer_id, lead_id, status, reserved_until, created_at)
    select %(offer_id)s, %(lead_id)s, 'reserved', %(until)s, %(now)s
    where %(places)s::integer is null or %(places)s > (
        select count(*) from offer_claims o
        where o.offer_id = %(offer_id)s and o.lead_id is distinct from %(lead_id)s
          and (o.status = 'paid' or (o.status = 'reserved' and o.reserved_until > %(now)s)))
    on conflict (offer_id, lead_id) do update set status = 'reserved', reserved_until = excluded.reserved_until
    returning id, offer_id, lead_id, status, reserved_until
"""
_SETTLE = """
    update offer_claims set status = 'paid', reserved_until = null where offer_id = %s and lead_id = %s
    returning id, offer_id, lead_id, status, reserved_until
"""
_RELEASE = """
    update offer_claims set status = 'released' where offer_id = %s and lead_id = %s and status = 'reserved'
"""
_ATTAINABLE = """
    select o.id from offers o where o.id = any(%(ids)s) and (o.max_claims is null or o.max_claims > (
        select count(*) from offer_claims c
        where c.offer_id = o.id and c.lead_id is distinct from %(lead_id)s
          and (c.status = 'paid' or (c.status = 'reserved' and c.reserved_until > %(now)s))))
"""
_HOLD = """
    update offer_claims set reserved_until = %(until)s where id = %(claim_id)s and status = 'reserved'
"""
_SETTLE_CLAIM = """
    update offer_claims set status = 'paid', reserved_until = null where id = %s
"""
_BEYOND = """
    select o.name as offer, o.max_claims as places, count(*) as paid
    from offers o join offer_claims c on c.offer_id = o.id and c.status = 'paid'
    where o.id = %s group by o.id having count(*) > o.max_claims
"""
_FREE = """
    update offer_claims set status = 'released', reserved_until = null where id = %s and status = 'reserved'
"""
_GIVE_BACK = """
    update offer_claims set status = 'released', reserved_until = null where id = %s and status <> 'released'
"""


@dataclass(frozen=True, slots=True)
class Beyond:
    """An offer of which more is paid than it has places."""

    offer: str
    places: int
    paid: int


async def in_window(conn: Connection, course_id: int, kind: OfferKind, now: datetime, samples: bool) -> list[Offer]:
    """Approved offers whose time it is, with or without places left; the best discount first, else the soonest end."""
    found = await conn.execute(_IN_WINDOW, {"course_id": course_id, "kind": kind, "now": now, "samples": samples})
    return [Offer.model_validate(row) for row in await found.fetchall()]


async def live(conn: Connection, course_id: int, kind: OfferKind, now: datetime, samples: bool) -> list[Offer]:
    """Offers that may be said: approved, within their window, with places left by the count of paid sales."""
    return [offer for offer in await in_window(conn, course_id, kind, now, samples) if offer.seats != 0]


async def claim(conn: Connection, offer_id: int, lead_id: UUID, now: datetime, hold: timedelta) -> Claim:
    """Reserve a place for at most `hold`, and never beyond the offer's end. Who holds a place gets that same place.

    Raises:
        OfferError: the offer is not live, or its last place is paid for or held by somebody else.
    """
    async with conn.transaction():
        offer = await _lock(conn, offer_id, now)
        own = await _own(conn, offer_id, lead_id)
        if own and own.holds_at(now):
            return own
        if not offer["is_live"]:
            raise OfferError(f"Offer {offer_id} is not live.")
        until = min(now + hold, offer["ends_at"])
        values = {"offer_id": offer_id, "lead_id": lead_id, "now": now, "until": until, "places": offer["places"]}
        return await _reserve(conn, values)


async def settle(conn: Connection, offer_id: int, lead_id: UUID) -> Claim:
    """The place is paid for. A payment that came is honoured even when its reservation ran out while it was made.

    Raises:
        OfferError: this lead never held a place on this offer.
    """
    found = await (await conn.execute(_SETTLE, (offer_id, lead_id))).fetchone()
    if found is None:
        raise OfferError(f"Nobody held a place on offer {offer_id} for this payment; claim one first.")
    return Claim.model_validate(found)


async def release(conn: Connection, offer_id: int, lead_id: UUID) -> bool:
    """Give a reserved place back; False when there is none. A paid place stays paid."""
    return (await conn.execute(_RELEASE, (offer_id, lead_id))).rowcount > 0


async def attainable(
    conn: Connection, course_id: int, lead_id: UUID | None, now: datetime, samples: bool
) -> list[Offer]:
    """Discounts in their window on which this lead has or could get a place at this moment; the best first."""
    around = await in_window(conn, course_id, OfferKind.DISCOUNT, now, samples)
    given = {"ids": [offer.id for offer in around], "lead_id": lead_id, "now": now}
    free = {row["id"] for row in await (await conn.execute(_ATTAINABLE, given)).fetchall()}
    return [offer for offer in around if offer.id in free]


async def hold(conn: Connection, claim_id: int, until: datetime) -> bool:
    """Keep a reserved place until this moment, also beyond the offer's end: a checkout that began in time may end."""
    return (await conn.execute(_HOLD, {"claim_id": claim_id, "until": until})).rowcount > 0


async def settle_claim(conn: Connection, claim_id: int, offer_id: int) -> Beyond | None:
    """The place is paid for, whoever holds it by name; it outlives its lead. See `settle`.

    What the offer says and what is paid, if this place went beyond it: it had been given up, and others took it.
    """
    # Who settles at the same moment waits, so that whichever is counted last sees all.
    await conn.execute("select from offers where id = %s for no key update", (offer_id,))
    await conn.execute(_SETTLE_CLAIM, (claim_id,))
    row = await (await conn.execute(_BEYOND, (offer_id,))).fetchone()
    return Beyond(**row) if row else None


async def free(conn: Connection, claim_id: int) -> bool:
    """Let go of a reserved place; False when it was not reserved. A paid place stays paid."""
    return (await conn.execute(_FREE, (claim_id,))).rowcount > 0


async def give_back(conn: Connection, claim_id: int) -> bool:
    """Free a place, also a paid one whose money went back; False when it was free."""
    return (await conn.execute(_GIVE_BACK, (claim_id,))).rowcount > 0


async def _lock(conn: Connection, offer_id: int, now: datetime) -> DictRow:
    # A statement of its own: what is counted next must be read after the lock was got, not before.
    offer = await (await conn.execute(_LOCK, {"offer_id": offer_id, "now": now})).fetchone()
    if offer is None:
        raise OfferError(f"There is no offer {offer_id}.")
    return offer


async def _own(conn: Connection, offer_id: int, lead_id: UUID) -> Claim | None:
    found = await (await conn.execute(_OWN, (offer_id, lead_id))).fetchone()
    return Claim.model_validate(found) if found else None


async def _reserve(conn: Connection, values: Mapping[str, object]) -> Claim:
    found = await (await conn.execute(_RESERVE, values)).fetchone()
    if found is None:
        raise OfferError(f"Offer {values['offer_id']} has no place left.")
    return Claim.model_validate(found)
