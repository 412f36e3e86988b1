"""Stripe Checkout by the official client, on its asynchronous path: sessions are opened, looked at and shut.

Each try to pay is one session under one idempotency key, so that asking again after a crash gives the same session.
Cards only: with methods that take days nobody could say when a place on an offer is free again. Its metadata is
copied to the payment behind it, so that every later event, a refund too, names the payment by itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.domain.checkouts import Charge
from core.errors import PaymentRefusedError, PaymentUnavailableError
from core.integrations.cashier import Order, Seen, Till, TillState
from core.integrations.minor_units import minor_units

if TYPE_CHECKING:
    from stripe.checkout import Session

SECONDS = 15.0
RETRIES = 2


@dataclass(frozen=True, slots=True)
class StripeCashier:
    """`url` is the API's address. Sessions live as short as Stripe allows, and a minute for clocks that differ."""

    key: str = field(repr=False)
    url: str
    name: str = "stripe"
    open_for: timedelta | None = timedelta(minutes=31)
    form_targets: tuple[str, ...] = ("https:",)

    def charge(self, amount: Decimal, currency: str) -> Charge:
        """The smallest units of the currency."""
        return Charge(minor_units(amount, currency), currency)

    async def open(self, order: Order) -> Till:
        """A Checkout Session, or the one that this try has already."""
        async with self._sessions() as sessions:
            options: Any = {"idempotency_key": f"brenda:{order.key}"}
            session = await sessions.create_async(_params(order), options)
        if not session.url:
            raise PaymentRefusedError(f"Stripe's session {session.id} has no page; it is {session.status}.")
        return Till(session.id, session.url)

    async def shut(self, reference: str) -> Seen:
        """Expire the session; one that was paid meanwhile stays paid."""
        try:
            async with self._sessions() as sessions:
                return _seen(await sessions.expire_async(reference))
        except PaymentRefusedError:
            return await self.look(reference)

    async def look(self, reference: str) -> Seen:
        """The session as it stands."""
        async with self._sessions() as sessions:
            return _seen(await sessions.retrieve_async(reference))

    @asynccontextmanager
    async def _sessions(self) -> AsyncIterator[Any]:
        # Importing the vendor's package takes a moment, which who pays otherwise need not wait for.
        from stripe import APIConnectionError, APIError, RateLimitError, StripeClient, StripeError
        from stripe._http_client import AIOHTTPClient

        http = AIOHTTPClient(timeout=SECONDS)
        addresses: Any = {"api": self.url.rstrip("/")}
        try:
            client = StripeClient(self.key, base_addresses=addresses, http_client=http, max_network_retries=RETRIES)
            yield client.v1.checkout.sessions
        except (APIConnectionError, RateLimitError) as error:
            raise PaymentUnavailableError(f"Stripe: {type(error).__name__}.") from error
        except APIError as error:
            raise PaymentUnavailableError(f"Stripe answered {error.http_status}.") from error
        except StripeError as error:
            raise PaymentRefusedError(f"Stripe: {error.user_message or error.code or type(error).__name__}.") from error
        finally:
            await http.close_async()  # type: ignore[no-untyped-call]


def _params(order: Order) -> Any:
    metadata = {
        "payment": str(order.payment_id),
        "attempt": str(order.attempt),
        "lead": order.lead,
        "course": order.course,
        "offer": order.offer,
    }
    product = {"name": order.title, **({"description": order.description} if order.description else {})}
    price = {"currency": order.charge.currency.lower(), "unit_amount": order.charge.units, "product_data": product}
    return {
        "mode": "payment",
        "payment_method_types": ["card"],
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": str(order.payment_id),
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "success_url": f"{order.page}/gracias",
        "cancel_url": order.page,
        "expires_at": int(order.expires_at.timestamp()),
        "locale": "es",
    }


def _seen(session: "Session") -> Seen:
    paid = session.payment_status == "paid"
    states = {"open": TillState.OPEN, "expired": TillState.OVER}
    state = TillState.PAID if paid else states.get(session.status or "", TillState.PENDING)
    charge = None
    if session.amount_total is not None and session.currency:
        charge = Charge(session.amount_total, session.currency.upper())
    details = session.customer_details
    return Seen(state, _id(session.payment_intent), charge, (details.email or "") if details else "")


def _id(expandable: Any) -> str:
    return expandable if isinstance(expandable, str) else str(getattr(expandable, "id", "") or "")
