"""Telegram Stars: what must hold at the moment before Telegram charges, and what becomes of the money's news.

An invoice link can be passed on, opened late and paid by two people at once. So everything is asked again here: that it
is ours and this person's, not paid and not over, and that it costs today what it asks.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from core.db import checkouts, payments, people
from core.db.pool import Connection
from core.domain.checkouts import Charge, Checkout, CheckoutStatus
from core.domain.promises import Payment
from core.world import prices
from core.world.purchases import Outcome, Purchases, Receipt, Refund

log = structlog.get_logger(__name__)

CHANNEL = "telegram"


class StarsRefusal(StrEnum):
    """Why Telegram must not charge; `prompts/messages/customer/stars_refused.md.j2` has the words."""

    NONE = ""
    UNKNOWN = "unknown"
    PAID = "paid"
    OVER = "over"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class StarsMoney:
    """Stars that came, or went back. `charge_id` is Telegram's name of them."""

    payload: str
    charge: Charge
    charge_id: str


@dataclass(frozen=True, slots=True)
class Stars:
    """`samples`: whether sample rows may be sold."""

    purchases: Purchases
    samples: bool

    async def refusal(
        self, conn: Connection, payload: str, *, chat: str, charge: Charge, now: datetime
    ) -> StarsRefusal:
        """Why this person may not pay this invoice now; NONE when they may."""
        named = payload_of(payload)
        payment = await payments.lock(conn, named[0]) if named else None
        checkout = await checkouts.attempt(conn, *named) if named and payment else None
        if payment is None or checkout is None or not await _is_theirs(conn, payment, chat):
            return StarsRefusal.UNKNOWN
        if payment.was_paid or checkout.status is CheckoutStatus.PAID:
            return StarsRefusal.PAID
        if checkout.status is not CheckoutStatus.OPEN or now >= checkout.expires_at:
            return StarsRefusal.OVER
        return await self._price_refusal(conn, payment, checkout, charge, now)

    async def _price_refusal(
        self, conn: Connection, payment: Payment, checkout: Checkout, charge: Charge, now: datetime
    ) -> StarsRefusal:
        due = await prices.due(conn, payment, now, self.samples)
        if due is None:
            return StarsRefusal.OVER
        if due.already_paid:
            return StarsRefusal.PAID
        asked = (due.amount, due.currency) == (checkout.amount, checkout.currency)
        return StarsRefusal.NONE if asked and charge == checkout.charge else StarsRefusal.CHANGED

    async def paid(self, conn: Connection, money: StarsMoney, now: datetime) -> Outcome:
        """Telegram has charged."""
        named = payload_of(money.payload)
        if named is None:
            log.error("stars_of_nobody", charge=money.charge_id)
            return Outcome.UNKNOWN
        return await self.purchases.complete(conn, Receipt(*named, money.charge_id, money.charge, now))

    async def refunded(self, conn: Connection, money: StarsMoney, now: datetime) -> Outcome:
        """Telegram has given the Stars back."""
        named = payload_of(money.payload)
        if named is None:
            return Outcome.UNKNOWN
        return await self.purchases.refund(conn, Refund(*named, money.charge_id, money.charge, now))


def payload_of(text: str) -> tuple[UUID, int] | None:
    """The payment and the try that an invoice's payload names; None when it is none of ours."""
    payment, _, attempt = text.partition(":")
    if not (attempt.isascii() and attempt.isdigit() and len(attempt) < 9):
        return None
    try:
        return UUID(payment), int(attempt)
    except ValueError:
        return None


async def _is_theirs(conn: Connection, payment: Payment, chat: str) -> bool:
    lead = await people.by_id(conn, payment.lead_id) if payment.lead_id else None
    return lead is not None and (lead.channel, lead.chat) == (CHANNEL, chat)
