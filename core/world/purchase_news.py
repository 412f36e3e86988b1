"""Who is told of a purchase: the advisors, the CRM, the person by e-mail, and follow-ups that have lost their point.

The chat is not told here: it hears of it by its inbox and answers in a turn of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.db.pool import Connection
from core.domain.checkouts import Charge
from core.domain.people import Lead
from core.domain.promises import Payment
from core.integrations.minor_units import minor_units
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from core.world.notices import Notice, NoticeKind, notify
from core.world.services import tell_crm, write_email
from core.world.triggers import Trigger, cancel

SANDBOX = "sandbox"
"""The provider with which nobody is charged; the advisors are told so."""
POINTLESS = (Trigger.CHECKOUT_LEFT, Trigger.PRICE_ASKED, Trigger.SILENCE, Trigger.RESOURCE_DOWNLOADED)
"""What is not sent any more to somebody who has bought."""


@dataclass(frozen=True, slots=True)
class PurchaseNews:
    """Writes what is to be told, in the caller's transaction; every key names the payment, so nothing is told twice."""

    queue: Queue
    prompts: Callable[[], PromptSet]

    async def paid(
        self, conn: Connection, lead: Lead, payment: Payment, *, amount: str, email: str, at: datetime
    ) -> None:
        """A purchase; `email` is the address that the provider was given, if any."""
        key = f"payment:{payment.id}:paid"
        await cancel(conn, lead.id, POINTLESS, "paid", at)
        await tell_crm(conn, self.queue, lead.id, key, at)
        await self._write(conn, lead, payment, "receipt", key=key, email=email, at=at)
        await self._advisors(conn, payment, "paid", key, at, amount=amount, sandbox=payment.provider == SANDBOX)

    async def refunded(
        self,
        conn: Connection,
        lead: Lead,
        payment: Payment,
        *,
        refunded: Decimal,
        full: bool,
        email: str,
        at: datetime,
    ) -> None:
        """All or a part of it went back; `email` as in `paid`."""
        key = f"payment:{payment.id}:refunded:{refunded}"
        await tell_crm(conn, self.queue, lead.id, key, at)
        await self._write(conn, lead, payment, "refund", key=key, email=email, at=at)
        if full:
            await cancel(conn, lead.id, POINTLESS, "refunded", at)
        told = f"{refunded:.2f} {payment.currency}"
        await self._advisors(conn, payment, "refunded", key, at, amount=told, sandbox=payment.provider == SANDBOX)

    async def failed(self, conn: Connection, payment: Payment, reason: str, *, key: str, at: datetime) -> None:
        """A try did not work."""
        await self._advisors(
            conn, payment, "payment_failed", key, at, amount=f"{payment.amount:.2f} {payment.currency}", reason=reason
        )

    async def paid_twice(
        self, conn: Connection, payment: Payment, reference: str, *, amount: str, at: datetime
    ) -> None:
        """Money came again for what was paid: somebody has to give it back."""
        key = f"payment:{payment.id}:twice:{reference}"
        await self._advisors(conn, payment, "paid_twice", key, at, amount=amount, reason=reference)

    async def disputed(
        self, conn: Connection, payment: Payment | None, *, key: str, amount: str, reason: str, at: datetime
    ) -> None:
        """A bank asks the money back; the payment may be unknown here."""
        given = {"amount": amount, "reason": reason}
        notice = Notice(NoticeKind.PAYMENT, payment.lead_id if payment else None, "dispute", given, key)
        await notify(conn, self.prompts(), notice, at)

    async def mismatch(
        self, conn: Connection, payment: Payment, came: Charge, *, asked: Charge | None, reference: str, at: datetime
    ) -> None:
        """What was reported is not what was asked, so it is not taken as paid."""
        expected = written(asked) if asked else "0"
        key = f"payment:{payment.id}:mismatch:{reference}"
        await self._advisors(conn, payment, "mismatch", key, at, amount=written(came), expected=expected)

    async def beyond_places(
        self, conn: Connection, payment: Payment, offer: str, *, paid: int, places: int, at: datetime
    ) -> None:
        """It came after its place was given up, and now more are paid than the offer has: somebody decides."""
        key = f"payment:{payment.id}:beyond_places"
        await self._advisors(conn, payment, "beyond_places", key, at, offer=offer, paid=paid, places=places)

    async def _write(
        self, conn: Connection, lead: Lead, payment: Payment, template: str, *, key: str, email: str, at: datetime
    ) -> None:
        address: dict[str, Any] = {"to": email} if email else {}
        await write_email(conn, self.queue, lead.id, template, key, at, payment=str(payment.id), **address)

    async def _advisors(
        self, conn: Connection, payment: Payment, template: str, key: str, at: datetime, **variables: str | int
    ) -> None:
        notice = Notice(NoticeKind.PAYMENT, payment.lead_id, template, variables, key)
        await notify(conn, self.prompts(), notice, at)


def written(charge: Charge) -> str:
    """A charge as an advisor reads it: money with its cents, Stars as they are."""
    if charge.currency == "XTR":
        return f"{charge.units} Stars"
    factor = minor_units(Decimal(1), charge.currency)
    return f"{Decimal(charge.units) / factor:.2f} {charge.currency}"
