"""Purchases: what becomes of a payment when its provider has news, in whatever order and however often they come.

All that is known of a payment only ever grows: a try is open, expired, failed or paid, and goes forward alone; money
that came is not undone by an older failure; money that went back must have come. The payment's status follows from
that, so any order of the same news ends in the same state. Whoever calls is inside a transaction; the payment's row is
locked in it, and every effect (an event, a word in the chat, a notice, an e-mail) has a key of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import structlog

from core.db import checkouts, events, offers, payments, people
from core.db.payments import PaidAs
from core.db.pool import Connection
from core.domain.catalog import cents
from core.domain.checkouts import Charge, Checkout, CheckoutStatus
from core.domain.funnel import Milestone
from core.domain.messages import Input, InputKind
from core.domain.people import Lead
from core.domain.promises import Payment, PaymentStatus
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from core.world.arrivals import arrive
from core.world.purchase_news import PurchaseNews

log = structlog.get_logger(__name__)

WAITING = timedelta(days=7)
"""How long a place is kept while a bank takes its time."""


class Outcome(StrEnum):
    """What came of news. Only the first four changed anything."""

    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    KNOWN = "known"
    UNKNOWN = "unknown"
    MISMATCH = "mismatch"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came. `reference` is the provider's name of the money, `email` the address it was given, if any."""

    payment_id: UUID
    attempt: int
    reference: str
    charge: Charge
    at: datetime
    email: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that went back: `charge` is all of it by now, not only the last part. `email` as in `Receipt`."""

    payment_id: UUID
    attempt: int
    reference: str
    charge: Charge
    at: datetime
    email: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that did not work. `final` is false when the person can still try again on the same page."""

    payment_id: UUID
    attempt: int
    reason: str
    final: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Purchases:
    """What every way of paying shares."""

    queue: Queue
    prompts: Callable[[], PromptSet]

    @property
    def news(self) -> PurchaseNews:
        """Who is told."""
        return PurchaseNews(self.queue, self.prompts)

    async def complete(self, conn: Connection, receipt: Receipt) -> Outcome:
        """The money came. What does not fit what was asked is not taken as paid: the advisors are told."""
        payment, checkout = await _locked(conn, receipt.payment_id, receipt.attempt)
        if payment is None:
            log.error("payment_unknown", reference=receipt.reference)
            return Outcome.UNKNOWN
        if checkout is None or checkout.charge != receipt.charge:
            asked = checkout.charge if checkout else None
            await self.news.mismatch(
                conn, payment, receipt.charge, asked=asked, reference=receipt.reference, at=receipt.at
            )
            return Outcome.MISMATCH
        if checkout.payment_reference == receipt.reference:
            return Outcome.KNOWN
        if checkout.payment_reference or payment.status is PaymentStatus.PAID:
            await checkouts.close(conn, checkout, CheckoutStatus.PAID, receipt.at, receipt.reference)
            amount = f"{checkout.amount:.2f} {checkout.currency}"
            await self.news.paid_twice(conn, payment, receipt.reference, amount=amount, at=receipt.at)
            return Outcome.TWICE
        await self._take_money(conn, payment, checkout, receipt.reference, receipt.at)
        if lead := await _lead(conn, payment):
            await _milestone(conn, lead, payment, receipt.at)
            await self._tell_chat(conn, lead, payment, "paid", key=f"payment:{payment.id}:paid", at=receipt.at)
            amount = f"{checkout.amount:.2f} {checkout.currency}"
            await self.news.paid(conn, lead, payment, amount=amount, email=receipt.email, at=receipt.at)
        return Outcome.PAID

    async def refund(self, conn: Connection, refund: Refund) -> Outcome:
        """Money went back, and so must have come, whether or not that is known yet."""
        payment, checkout = await _locked(conn, refund.payment_id, refund.attempt)
        if payment is None:
            log.error("refund_unknown", reference=refund.reference)
            return Outcome.UNKNOWN
        if checkout is None or checkout.unit_currency != refund.charge.currency:
            asked = checkout.charge if checkout else None
            await self.news.mismatch(
                conn, payment, refund.charge, asked=asked, reference=refund.reference, at=refund.at
            )
            return Outcome.MISMATCH
        if payment.was_paid and payment.provider_reference != refund.reference:
            return Outcome.TWICE  # money that came beside; what the payment stands on is not touched
        refunded = _share(checkout, refund.charge)
        if refunded <= payment.refunded_amount:
            return Outcome.KNOWN
        lead = await _lead(conn, payment)
        if not payment.was_paid:
            await self._take_money(conn, payment, checkout, refund.reference, refund.at)
            if lead:
                await _milestone(conn, lead, payment, refund.at)
        full = refunded >= checkout.amount
        await payments.give_back(conn, payment.id, refunded, full, refund.at)
        if full and checkout.claim_id:
            await offers.give_back(conn, checkout.claim_id)
        if lead:
            await self._tell_refund(conn, lead, payment, refund, refunded=refunded, full=full)
        return Outcome.REFUNDED

    async def _tell_refund(
        self, conn: Connection, lead: Lead, payment: Payment, refund: Refund, *, refunded: Decimal, full: bool
    ) -> None:
        """The analytics event of the purchase stays: it happened. What came after is an event of its own."""
        key, at = f"payment:{payment.id}:refunded", refund.at
        await events.note(conn, lead.id, "purchase_refunded", {"payment": str(payment.id)}, key=key, now=at)
        await self._tell_chat(conn, lead, payment, "refunded", key=f"{key}:{refunded}", at=at)
        await self.news.refunded(conn, lead, payment, refunded=refunded, full=full, email=refund.email, at=at)

    async def fail(self, conn: Connection, failure: Failure) -> Outcome:
        """A try did not work. Nothing is said of a failure that is older than a later try, or than the money."""
        payment, checkout = await _locked(conn, failure.payment_id, failure.attempt)
        if payment is None or checkout is None:
            return Outcome.UNKNOWN
        if failure.final and not await checkouts.close(conn, checkout, CheckoutStatus.FAILED, failure.at):
            return Outcome.KNOWN
        last = await checkouts.latest(conn, payment.id)
        if payment.was_paid or last is None or last.attempt != checkout.attempt:
            return Outcome.KNOWN
        status = PaymentStatus.FAILED if failure.final else payment.status
        await payments.move(conn, payment.id, status, failure.reason[:200] or "unknown")
        if failure.final:
            await _keep_as_promised(conn, payment, checkout, failure.at)
        if lead := await _lead(conn, payment):
            key = f"payment:{payment.id}:{checkout.attempt}:failed"
            await self._tell_chat(conn, lead, payment, "failed", key=key, at=failure.at)
            await self.news.failed(conn, payment, failure.reason, key=key, at=failure.at)
        return Outcome.FAILED

    async def expire(self, conn: Connection, payment_id: UUID, attempt: int, at: datetime) -> Outcome:
        """Nobody paid in time. Nothing is said: whoever left knows, and the link may still be good."""
        payment, checkout = await _locked(conn, payment_id, attempt)
        if payment is None or checkout is None:
            return Outcome.UNKNOWN
        if not await checkouts.close(conn, checkout, CheckoutStatus.EXPIRED, at):
            return Outcome.KNOWN
        last = await checkouts.latest(conn, payment.id)
        if payment.was_paid or last is None or last.attempt != checkout.attempt:
            return Outcome.KNOWN
        over = at >= payment.expires_at
        await payments.move(conn, payment.id, PaymentStatus.EXPIRED if over else PaymentStatus.LINK_SENT)
        await _keep_as_promised(conn, payment, checkout, at)
        return Outcome.EXPIRED

    async def wait(self, conn: Connection, payment_id: UUID, attempt: int, at: datetime) -> Outcome:
        """The person has done their part and the bank takes its time: the try and its place are kept meanwhile."""
        payment, checkout = await _locked(conn, payment_id, attempt)
        if payment is None or checkout is None:
            return Outcome.UNKNOWN
        if checkout.status is CheckoutStatus.OPEN and not payment.was_paid:
            await checkouts.extend(conn, checkout.id, at + WAITING)
            if checkout.claim_id:
                await offers.hold(conn, checkout.claim_id, at + WAITING)
        return Outcome.KNOWN

    async def _take_money(
        self, conn: Connection, payment: Payment, checkout: Checkout, reference: str, at: datetime
    ) -> None:
        """What was paid is honoured, also when the place was given up meanwhile; then the advisors must know."""
        paid = PaidAs(
            provider=checkout.provider,
            reference=reference,
            amount=checkout.amount,
            currency=checkout.currency,
            offer_id=checkout.offer_id,
            at=at,
        )
        await payments.pay(conn, payment.id, paid)
        await checkouts.close(conn, checkout, CheckoutStatus.PAID, at, reference)
        if checkout.claim_id is None or checkout.offer_id is None:
            return
        beyond = await offers.settle_claim(conn, checkout.claim_id, checkout.offer_id)
        if beyond:
            await self.news.beyond_places(conn, payment, beyond.offer, paid=beyond.paid, places=beyond.places, at=at)

    async def _tell_chat(
        self, conn: Connection, lead: Lead, payment: Payment, action: str, *, key: str, at: datetime
    ) -> None:
        given = Input(kind=InputKind.PAYMENT, action=action, data={"payment": str(payment.id)})
        await arrive(conn, lead, key, given, now=at)


async def _locked(conn: Connection, payment_id: UUID, attempt: int) -> tuple[Payment | None, Checkout | None]:
    payment = await payments.lock(conn, payment_id)
    return payment, await checkouts.attempt(conn, payment_id, attempt) if payment else None


async def _lead(conn: Connection, payment: Payment) -> Lead | None:
    """The lead, unless they were erased: then the books are kept, and nobody is told."""
    return await people.by_id(conn, payment.lead_id) if payment.lead_id else None


async def _milestone(conn: Connection, lead: Lead, payment: Payment, at: datetime) -> None:
    """The event that is counted, under the key that a turn would give it: once per lead, whoever writes it."""
    kind = Milestone.PURCHASE_COMPLETED.value
    await events.note(conn, lead.id, kind, {"payment": str(payment.id)}, key=f"{lead.id}:{kind}", now=at)


async def _keep_as_promised(conn: Connection, payment: Payment, checkout: Checkout, at: datetime) -> None:
    """A try is over: its place is kept as long as the link that was sent with it, and freed after that."""
    if checkout.claim_id is None:
        return
    if at < payment.expires_at and checkout.offer_id == payment.offer_id:
        await offers.hold(conn, checkout.claim_id, payment.expires_at)
    elif not await payments.another_holds(conn, payment, checkout.claim_id, at):
        await offers.free(conn, checkout.claim_id)


def _share(checkout: Checkout, charge: Charge) -> Decimal:
    """What part of the amount these units are."""
    if charge.units >= checkout.units:
        return checkout.amount
    return max(Decimal("0.01"), cents(checkout.amount * charge.units / checkout.units))
