"""A shop for tests: a person with a payment link for a course, and what the world may tell of it.

The link is made by the tool that makes it in the chat, so that a test stands on the rows that people really have.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.context import Context
from core.db import checkouts, payments
from core.db.pool import Pool
from core.domain.checkouts import Charge, Checkout
from core.domain.promises import Payment
from core.integrations.cashier import Cashier
from core.integrations.queue import Queue
from core.integrations.sandbox_cashier import SandboxCashier
from core.world.checkouts import Agreed, Beginning, Begun, Checkouts
from core.world.purchases import Failure, Outcome, Purchases, Receipt, Refund
from tests.brendas import MovedClock, queue_on
from tests.deals import NOW
from tests.worlds import load_prompts, make_context, make_settings
from tools.create_payment_link import CREATE_PAYMENT_LINK

PAGE = "http://127.0.0.1:8080/pagar/token"


@dataclass
class Shop:
    """The database, its queue, a clock that starts at NOW, and one cashier."""

    pool: Pool
    queue: Queue
    clock: MovedClock
    cashier: Cashier

    @property
    def purchases(self) -> Purchases:
        return Purchases(self.queue, load_prompts)

    @property
    def checkouts(self) -> Checkouts:
        return Checkouts(self.pool, self.queue, self.cashier, self.clock, samples=True)

    async def link(self, turn_id: str = "turn-1", **overrides: Any) -> Payment:
        """A new person with a payment link for the first course that is sold, at this moment."""
        given = {"settings": make_settings(payment_provider="sandbox"), **overrides}
        return await self.another(await make_context(self.pool, now=self.clock(), turn_id=turn_id, **given), turn_id)

    async def another(self, context: Context, turn_id: str) -> Payment:
        """A link for the person of this context."""
        context = replace(context, turn_id=f"{context.lead.chat}:{turn_id}", now=self.clock())
        result = await CREATE_PAYMENT_LINK.run(CREATE_PAYMENT_LINK.arguments(), context)
        assert result.buttons, result
        [row] = await self.rows("select id from payments where turn_id = %s", context.turn_id)
        return await self.payment(row["id"])

    async def begins(self, payment: Payment, amount: str | None = None, accepts: bool = False) -> Beginning:
        """The person presses the button under this amount, or under what was said."""
        agreed = Agreed(Decimal(amount) if amount else payment.amount, payment.currency, accepts)
        return await self.checkouts.begin(payment.id, PAGE, agreed)

    async def begun(self, payment: Payment) -> Checkout:
        """A try that is open."""
        begun = await self.begins(payment)
        assert isinstance(begun, Begun), begun
        return await self.checkout(begun.checkout)

    async def pays(self, checkout: Checkout, reference: str = "", charge: Charge | None = None) -> Outcome:
        reference = reference or f"money-{checkout.id}"
        receipt = Receipt(
            checkout.payment_id, checkout.attempt, reference, charge or checkout.charge, self.clock(), "ana@example.org"
        )
        async with self.pool.connection() as conn, conn.transaction():
            return await self.purchases.complete(conn, receipt)

    async def refunds(self, checkout: Checkout, units: int | None = None, reference: str = "") -> Outcome:
        charge = Charge(checkout.units if units is None else units, checkout.unit_currency)
        reference = reference or f"money-{checkout.id}"
        refund = Refund(checkout.payment_id, checkout.attempt, reference, charge, self.clock(), "ana@example.org")
        async with self.pool.connection() as conn, conn.transaction():
            return await self.purchases.refund(conn, refund)

    async def fails(self, checkout: Checkout, final: bool = True) -> Outcome:
        failure = Failure(checkout.payment_id, checkout.attempt, "card_declined", final, self.clock())
        async with self.pool.connection() as conn, conn.transaction():
            return await self.purchases.fail(conn, failure)

    async def expires(self, checkout: Checkout) -> Outcome:
        async with self.pool.connection() as conn, conn.transaction():
            return await self.purchases.expire(conn, checkout.payment_id, checkout.attempt, self.clock())

    async def waits(self, checkout: Checkout) -> Outcome:
        async with self.pool.connection() as conn, conn.transaction():
            return await self.purchases.wait(conn, checkout.payment_id, checkout.attempt, self.clock())

    async def payment(self, payment_id: UUID) -> Payment:
        async with self.pool.connection() as conn:
            found = await payments.by_id(conn, payment_id)
        assert found is not None
        return found

    async def checkout(self, checkout: Checkout) -> Checkout:
        async with self.pool.connection() as conn:
            found = await checkouts.by_id(conn, checkout.id)
        assert found is not None
        return found

    async def heard(self, payment: Payment) -> list[str]:
        """What the chat was told of, in order."""
        rows = await self.rows(
            "select input->>'action' as action from inbox join leads using (channel, chat) "
            "where leads.id = %s and input->>'kind' = 'payment' order by inbox.id",
            payment.lead_id,
        )
        return [row["action"] for row in rows]

    async def events(self, payment: Payment) -> list[str]:
        """What was counted of the person, in order of the alphabet."""
        rows = await self.rows("select kind from events where lead_id = %s order by kind", payment.lead_id)
        return [row["kind"] for row in rows]

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def shop_on(pool: Pool, cashier: Cashier | None = None) -> AsyncIterator[Shop]:
    """A shop on this database; the sandbox is its cashier unless another is given."""
    async with queue_on(pool) as queue:
        yield Shop(pool, queue, MovedClock(NOW), cashier or SandboxCashier())
