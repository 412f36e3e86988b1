"""Stripe's events: what each says of a payment, read without trusting anything in it beyond its signature.

Every session carries the payment's id and the number of the try in its metadata, and passes them on to the payment
intent and its charges. An event without them is not about a checkout of ours and is left alone. Amounts and currencies
are compared with what was asked; what does not fit is told to the advisors and never taken as paid.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from core.db import payments
from core.db.pool import Connection
from core.db.webhook_events import StoredEvent
from core.domain.checkouts import Charge
from core.domain.clock import Clock
from core.world.purchase_news import written
from core.world.purchases import Failure, Outcome, Purchases, Receipt, Refund

log = structlog.get_logger(__name__)

Read = Callable[[Connection, dict[str, Any], datetime], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class StripeEvents:
    """A `Handler` of webhook events; malformed ones of a known kind raise and are tried again, and then given up."""

    purchases: Purchases
    clock: Clock

    async def __call__(self, conn: Connection, event: StoredEvent) -> bool:
        """Do what the event says; False when its kind is of no interest or it is about nothing of ours."""
        reader = self._readers().get(event.kind)
        if reader is None:
            return False
        outcome = await reader(conn, event.payload["data"]["object"], self.clock())
        log.info("stripe_event", kind=event.kind, outcome=outcome.value)
        return outcome is not Outcome.UNKNOWN

    def _readers(self) -> Mapping[str, Read]:
        return {
            "checkout.session.completed": self._session_completed,
            "checkout.session.async_payment_succeeded": self._session_completed,
            "checkout.session.async_payment_failed": self._session_failed,
            "checkout.session.expired": self._session_expired,
            "payment_intent.payment_failed": self._attempt_declined,
            "charge.refunded": self._refunded,
            "charge.dispute.created": self._disputed,
        }

    async def _session_completed(self, conn: Connection, session: dict[str, Any], now: datetime) -> Outcome:
        """Completed is not yet paid: some ways of paying take days, and tell in another event."""
        named = _named(session)
        if named is None:
            return Outcome.UNKNOWN
        if session["payment_status"] == "unpaid":
            return await self.purchases.wait(conn, *named, now)
        return await self.purchases.complete(
            conn,
            Receipt(
                payment_id=named[0],
                attempt=named[1],
                reference=_id(session.get("payment_intent")) or session["id"],
                charge=_charge(session["amount_total"], session["currency"]),
                at=now,
                email=str((session.get("customer_details") or {}).get("email") or ""),
            ),
        )

    async def _session_failed(self, conn: Connection, session: dict[str, Any], now: datetime) -> Outcome:
        named = _named(session)
        if named is None:
            return Outcome.UNKNOWN
        return await self.purchases.fail(conn, Failure(*named, reason="async_payment_failed", final=True, at=now))

    async def _session_expired(self, conn: Connection, session: dict[str, Any], now: datetime) -> Outcome:
        named = _named(session)
        return await self.purchases.expire(conn, *named, now) if named else Outcome.UNKNOWN

    async def _attempt_declined(self, conn: Connection, intent: dict[str, Any], now: datetime) -> Outcome:
        """The person can still try another card on the same page."""
        named = _named(intent)
        if named is None:
            return Outcome.UNKNOWN
        error = intent.get("last_payment_error") or {}
        reason = str(error.get("decline_code") or error.get("code") or "declined")
        return await self.purchases.fail(conn, Failure(*named, reason=reason, final=False, at=now))

    async def _refunded(self, conn: Connection, charge: dict[str, Any], now: datetime) -> Outcome:
        """`amount_refunded` is all that went back by then, so that older news change nothing."""
        named = _named(charge)
        if named is None:
            return Outcome.UNKNOWN
        return await self.purchases.refund(
            conn,
            Refund(
                payment_id=named[0],
                attempt=named[1],
                reference=_id(charge.get("payment_intent")) or charge["id"],
                charge=_charge(charge["amount_refunded"], charge["currency"]),
                at=now,
                email=str((charge.get("billing_details") or {}).get("email") or charge.get("receipt_email") or ""),
            ),
        )

    async def _disputed(self, conn: Connection, dispute: dict[str, Any], now: datetime) -> Outcome:
        """A dispute carries no metadata of the payment; the advisors are told even if nothing is found."""
        payment = await payments.by_reference(conn, _id(dispute.get("payment_intent")))
        amount = written(_charge(dispute["amount"], dispute["currency"]))
        key, reason = f"dispute:{dispute['id']}", str(dispute.get("reason") or "")
        await self.purchases.news.disputed(conn, payment, key=key, amount=amount, reason=reason, at=now)
        return Outcome.KNOWN


def _named(thing: dict[str, Any]) -> tuple[UUID, int] | None:
    """The payment and the try in a thing's metadata; None when it is none of ours."""
    metadata = thing.get("metadata") or {}
    payment, attempt = str(metadata.get("payment", "")), str(metadata.get("attempt", ""))
    try:
        return UUID(payment), int(attempt) if attempt.isascii() and attempt.isdigit() and len(attempt) < 9 else 0
    except ValueError:
        return None


def _charge(units: Any, currency: Any) -> Charge:
    return Charge(int(units), str(currency).upper())


def _id(expandable: Any) -> str:
    """Stripe gives a reference as its id or as the whole thing."""
    return str(expandable.get("id", "") if isinstance(expandable, dict) else expandable or "")
