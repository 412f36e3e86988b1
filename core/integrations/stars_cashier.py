"""Telegram Stars: an invoice link, made by the Bot API, on which Telegram itself takes the Stars.

The link lives as long as nobody forbids it, so everything that must hold is checked again when Telegram asks before it
charges (`pre_checkout_query`). The payload names the try, and nothing of the person.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

import aiohttp

from core.domain.checkouts import Charge
from core.errors import PaymentRefusedError, PaymentUnavailableError
from core.integrations.cashier import Order, Seen, Till, TillState

STARS = "XTR"
MOST_STARS = 100_000
"""What one invoice in Stars may ask at most."""
SECONDS = 10.0
_TITLE, _DESCRIPTION = 32, 255


@dataclass(frozen=True, slots=True)
class StarsCashier:
    """`rate` is how many Stars one unit of a course's currency costs."""

    token: str = field(repr=False)
    url: str
    rate: Decimal
    name: str = "stars"
    open_for: timedelta | None = None
    form_targets: tuple[str, ...] = ("https://t.me",)

    def charge(self, amount: Decimal, currency: str) -> Charge:  # noqa: ARG002 - one rate for the courses' currency
        """Whole Stars, rounded up."""
        stars = max(1, int((amount * self.rate).to_integral_value(ROUND_CEILING)))
        if stars > MOST_STARS:
            raise PaymentRefusedError(f"{stars} Stars are more than the {MOST_STARS} that one invoice may ask.")
        return Charge(stars, STARS)

    async def open(self, order: Order) -> Till:
        """An invoice link. Asking again makes another link for the same try, of which only one can be paid."""
        url = await self._call(
            "createInvoiceLink",
            title=order.title[:_TITLE],
            description=(order.description or order.title)[:_DESCRIPTION],
            payload=order.key,
            provider_token="",
            currency=STARS,
            prices=json.dumps([{"label": order.title[:_TITLE], "amount": order.charge.units}]),
        )
        return Till(f"stars:{order.key}", str(url))

    async def refund(self, user: int, charge_id: str) -> None:
        """Give the Stars of one payment back; Telegram then tells the chat. A second time changes nothing."""
        await self._call("refundStarPayment", user_id=str(user), telegram_payment_charge_id=charge_id)

    async def shut(self, reference: str) -> Seen:  # noqa: ARG002
        """What is not open any more is refused when Telegram asks."""
        return Seen(TillState.OVER)

    async def look(self, reference: str) -> Seen:  # noqa: ARG002
        """Telegram tells by an update, and nothing else."""
        return Seen(TillState.OVER)

    async def _call(self, method: str, **fields: str) -> Any:
        address = f"{self.url.rstrip('/')}/bot{self.token}/{method}"
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.post(address, data=fields) as answer:
                content = await answer.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            # Not chained: the address in the vendor's message holds the token.
            raise PaymentUnavailableError(f"Telegram: {type(error).__name__}.") from None
        return _result(content)


def _result(content: Any) -> Any:
    if not isinstance(content, dict):
        raise PaymentUnavailableError("Telegram sent no answer of its own.")
    if content.get("ok"):
        return content["result"]
    code, reason = content.get("error_code"), content.get("description")
    if code == 429 or (isinstance(code, int) and code >= 500):
        raise PaymentUnavailableError(f"Telegram: {reason}.")
    raise PaymentRefusedError(f"Telegram: {reason}.")
