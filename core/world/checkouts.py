"""Checkouts: a person begins to pay, and what is left open is settled when its time is over.

Beginning is three steps. In one transaction the price is computed, a place on the offer is held and the try is stored;
then the cashier is asked for a page, under a key that is the same for the same try; then its answer is stored. A crash
in between leaves a try without a page, which the next visit takes up again. Nothing is asked of a person that they have
not seen: if the price rose since they looked, or is more than the chat said, they must say yes to it first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import structlog

from core.db import checkouts, events, offers, payments
from core.db.checkouts import NewCheckout
from core.db.pool import Connection, Pool
from core.domain.checkouts import Checkout, CheckoutStatus, Due
from core.domain.clock import Clock
from core.domain.promises import Payment
from core.errors import ExpiredLinkError, ForgedLinkError, OfferError, PaymentRefusedError
from core.integrations.cashier import Cashier, Order
from core.integrations.queue import Job, Queue
from core.world import prices
from core.world.triggers import Trigger, trigger

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=10)
"""How long after a try's end a place is kept, so that news of a payment made in the last moment finds it."""
MARGIN = timedelta(minutes=2)
"""A try that has less time left than this is not handed out again."""
MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person has seen and pressed: the amount on the page, and whether they said yes to its being more."""

    amount: Decimal
    currency: str
    accepts: bool = False

    def covers(self, due: Due) -> bool:
        """Whether this much may be asked of them now."""
        return self.currency == due.currency and self.amount >= due.amount and (self.accepts or not due.is_dearer)


@dataclass(frozen=True, slots=True)
class Begun:
    """A try with its page: there the person pays."""

    checkout: Checkout
    url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Nothing has begun: the person must see this price first."""

    due: Due


@dataclass(frozen=True, slots=True)
class AlreadyPaid:
    """Nothing has begun: it is paid."""


@dataclass(frozen=True, slots=True)
class Unsold:
    """Nothing has begun: the course is not sold any more."""


Beginning = Begun | Ask | AlreadyPaid | Unsold


@dataclass(frozen=True, slots=True)
class _Shut:
    """An older try stands in the way and must be shut at its cashier first."""

    checkout: Checkout


@dataclass(frozen=True, slots=True)
class Checkouts:
    """`samples`: whether sample rows may be sold, which only the embedded database may.

    A tool, which has no `queue`, begins tries that need no end: an invoice in Stars is refused when it is over.
    """

    pool: Pool
    queue: Queue | None
    cashier: Cashier
    clock: Clock
    samples: bool

    async def look(self, conn: Connection, payment: Payment) -> Due | None:
        """What a payment costs now; None when the course is not sold any more. A look holds no place."""
        return await prices.due(conn, payment, self.clock(), self.samples)

    async def opened(self, payment: Payment) -> None:
        """The page was seen: once, that is an event, and the beginning of a wait for whoever leaves it."""
        now = self.clock()
        if payment.lead_id is None or payment.opened_at is not None or self.queue is None:
            return
        async with self.pool.connection() as conn, conn.transaction():
            if not await payments.mark_opened(conn, payment.id, now):
                return
            key = f"payment:{payment.id}:opened"
            given = {"payment": str(payment.id)}
            await events.note(conn, payment.lead_id, "checkout_opened", given, key=key, now=now)
            subject = f"payments:{payment.id}"
            await trigger(
                conn, self.queue, payment.lead_id, Trigger.CHECKOUT_LEFT, str(payment.id), now, subject=subject
            )

    async def begin(self, payment_id: UUID, page: str, agreed: Agreed) -> Beginning:
        """Begin to pay, or go on with the try that is open. `page` is the address of our checkout page.

        Raises:
            ForgedLinkError: there is no such payment, or its person was erased.
            ExpiredLinkError: the link's time is over.
            PaymentUnavailableError: the cashier could not be reached; trying again goes on with the same try.
            PaymentRefusedError: the cashier refused; the try is over.
        """
        for _ in range(MOST_ROUNDS):
            try:
                step = await self._prepare(payment_id, agreed)
            except OfferError:
                continue  # the last place went between looking and taking it; look again
            if isinstance(step, _Shut):
                await self._shut(step.checkout)
            elif isinstance(step, tuple):
                return await self._page(*step, page)
            else:
                return step
        raise PaymentRefusedError("The checkout kept changing.")

    async def _prepare(
        self, payment_id: UUID, agreed: Agreed
    ) -> tuple[Payment, Due, Checkout] | Ask | AlreadyPaid | Unsold | _Shut:
        now = self.clock()
        async with self.pool.connection() as conn, conn.transaction():
            payment = await payments.lock(conn, payment_id)
            if payment is None or payment.lead_id is None:
                raise ForgedLinkError("Ask for a new one in the chat.")
            if payment.was_paid:
                return AlreadyPaid()
            if now >= payment.expires_at:
                raise ExpiredLinkError("Ask for a new one in the chat.")
            due = await self.look(conn, payment)
            if due is None:
                return Unsold()
            if due.already_paid:
                return AlreadyPaid()
            if not agreed.covers(due):
                return Ask(due)
            last = await checkouts.latest(conn, payment.id)
            if last and last.status is CheckoutStatus.OPEN:
                return (payment, due, last) if self._is_same(last, due, now) else _Shut(last)
            return payment, due, await self._store(conn, payment, due, now)

    def _is_same(self, open_one: Checkout, due: Due, now: datetime) -> bool:
        offer = due.offer.id if due.offer else None
        same = (open_one.amount, open_one.currency, open_one.offer_id) == (due.amount, due.currency, offer)
        return same and open_one.provider == self.cashier.name and open_one.expires_at - now > MARGIN

    async def _store(self, conn: Connection, payment: Payment, due: Due, now: datetime) -> Checkout:
        """A place is held a little longer than the try can be paid; it may outlast the offer that it began in."""
        charge = self.cashier.charge(due.amount, due.currency)
        expires_at = now + self.cashier.open_for if self.cashier.open_for else payment.expires_at
        claim = await _place(conn, payment, due, now, expires_at + GRACE)
        new = NewCheckout(
            payment_id=payment.id,
            provider=self.cashier.name,
            offer_id=due.offer.id if due.offer else None,
            claim_id=claim,
            amount=due.amount,
            currency=due.currency,
            units=charge.units,
            unit_currency=charge.currency,
            opened_at=now,
            expires_at=expires_at,
        )
        checkout = await checkouts.begin(conn, new)
        await payments.ask(conn, payment.id, self.cashier.name, due.amount, due.currency)
        if self.queue:
            await self.queue.defer(conn, Job.CHECKOUT, at=expires_at + GRACE / 2, checkout=checkout.id)
        return checkout

    async def _page(self, payment: Payment, due: Due, checkout: Checkout, page: str) -> Begun:
        if checkout.url:
            return Begun(checkout, checkout.url)
        try:
            till = await self.cashier.open(_order(payment, due, checkout, page))
        except PaymentRefusedError:
            async with self.pool.connection() as conn, conn.transaction():
                await checkouts.close(conn, checkout, CheckoutStatus.FAILED, self.clock())
            raise
        async with self.pool.connection() as conn:
            await checkouts.answered(conn, checkout.id, till.reference, till.url)
        return Begun(checkout, till.url)

    async def _shut(self, checkout: Checkout) -> None:
        """Nobody shall pay two tries. One that was paid in the last moment stays open until its news come."""
        if checkout.reference and checkout.provider == self.cashier.name:
            seen = await self.cashier.shut(checkout.reference)
            if not seen.is_over:
                raise PaymentRefusedError("An earlier try is being paid just now.")
        async with self.pool.connection() as conn, conn.transaction():
            await payments.lock(conn, checkout.payment_id)
            if last := await checkouts.by_id(conn, checkout.id):
                await checkouts.close(conn, last, CheckoutStatus.EXPIRED, self.clock())


async def _place(conn: Connection, payment: Payment, due: Due, now: datetime, until: datetime) -> int | None:
    """The place on the offer, held until then; None without an offer.

    Raises:
        OfferError: the last place went to somebody else just now; the whole step is to be taken again.
    """
    if due.offer is None or payment.lead_id is None:
        return None
    claim = await offers.claim(conn, due.offer.id, payment.lead_id, now, until - now)
    if claim.reserved_until is None or claim.reserved_until < until:
        await offers.hold(conn, claim.id, until)
    return claim.id


def _order(payment: Payment, due: Due, checkout: Checkout, page: str) -> Order:
    return Order(
        payment_id=payment.id,
        attempt=checkout.attempt,
        charge=checkout.charge,
        title=due.course.name,
        description=due.course.tagline,
        lead=str(payment.lead_id),
        course=due.course.slug,
        offer=str(checkout.offer_id or ""),
        page=page,
        expires_at=checkout.expires_at,
    )
