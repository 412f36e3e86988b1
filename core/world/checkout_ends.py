"""The end of a try to pay: when its time is over, its cashier is asked what became of it.

Most tries have ended before by the provider's own news. This one is for those whose news were lost: money that came is
taken as paid after all, and a place that nobody pays for is free again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.db import checkouts
from core.db.pool import Pool
from core.domain.checkouts import Checkout, CheckoutStatus
from core.domain.clock import Clock
from core.integrations.cashier import Cashier, Seen, TillState
from core.integrations.queue import Job
from core.world.purchases import Outcome, Purchases, Receipt

log = structlog.get_logger(__name__)

AGAIN = timedelta(hours=6)
"""How often a bank that takes its time is asked about."""


@dataclass(frozen=True, slots=True)
class CheckoutEnds:
    """`cashiers` gives the cashier of a provider's name, also when another is configured by now."""

    pool: Pool
    purchases: Purchases
    cashiers: Callable[[str], Cashier]
    clock: Clock

    async def end(self, checkout_id: int) -> Outcome:
        """Settle one try, once its time is over.

        Raises:
            PaymentError: the cashier could not be asked; the job is tried again.
        """
        async with self.pool.connection() as conn:
            checkout = await checkouts.by_id(conn, checkout_id)
        if checkout is None or checkout.status is not CheckoutStatus.OPEN:
            return Outcome.KNOWN
        if checkout.expires_at > self.clock():
            await self._ask_again(checkout)
            return Outcome.KNOWN
        return await self._settle(checkout, await self._seen(checkout))

    async def _seen(self, checkout: Checkout) -> Seen:
        """How it stands; whoever got no page could not pay."""
        if checkout.reference is None:
            return Seen(TillState.OVER)
        cashier = self.cashiers(checkout.provider)
        seen = await cashier.look(checkout.reference)
        return await cashier.shut(checkout.reference) if seen.state is TillState.OPEN else seen

    async def _settle(self, checkout: Checkout, seen: Seen) -> Outcome:
        now = self.clock()
        if seen.state in (TillState.OPEN, TillState.PENDING):
            await self._ask_again(checkout)
            return Outcome.KNOWN
        async with self.pool.connection() as conn, conn.transaction():
            if seen.state is TillState.OVER or seen.charge is None:
                return await self.purchases.expire(conn, checkout.payment_id, checkout.attempt, now)
            log.warning("payment_news_lost", provider=checkout.provider, attempt=checkout.attempt)
            receipt = Receipt(
                payment_id=checkout.payment_id,
                attempt=checkout.attempt,
                reference=seen.payment,
                charge=seen.charge,
                at=now,
                email=seen.email,
            )
            return await self.purchases.complete(conn, receipt)

    async def _ask_again(self, checkout: Checkout) -> None:
        async with self.pool.connection() as conn:
            at = max(checkout.expires_at, self.clock() + AGAIN)
            await self.purchases.queue.defer(conn, Job.CHECKOUT, at=at, checkout=checkout.id)
