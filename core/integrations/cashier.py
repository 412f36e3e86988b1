"""The cashier: whoever takes the money. One small protocol, behind which Stripe, Telegram Stars and the sandbox stand.

A cashier is told an order and gives a page on which it can be paid. It never decides what something costs and never
says that something is paid: the news of that comes by its webhook, or by `look` when news were lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from core.domain.checkouts import Charge


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid. `page` is our checkout page; `lead`, `course` and `offer` go along as plain references."""

    payment_id: UUID
    attempt: int
    charge: Charge
    title: str
    description: str
    lead: str
    course: str
    offer: str
    page: str
    expires_at: datetime

    @property
    def key(self) -> str:
        """The same for the same try, so that asking twice begins one."""
        return f"{self.payment_id}:{self.attempt}"


@dataclass(frozen=True, slots=True)
class Till:
    """Where an order is paid: the cashier's own reference of it, and the page."""

    reference: str
    url: str


class TillState(StrEnum):
    """What a cashier says of an order when it is asked."""

    OPEN = "open"
    PENDING = "pending"
    PAID = "paid"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as the cashier sees it. `payment` is its reference of the money that came; empty before."""

    state: TillState
    payment: str = ""
    charge: Charge | None = None
    email: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it can not be paid any more, and was not."""
        return self.state is TillState.OVER


class Cashier(Protocol):
    """Raises PaymentUnavailableError or PaymentRefusedError from every coroutine."""

    @property
    def name(self) -> str:
        """The provider's name in settings and rows."""

    @property
    def open_for(self) -> timedelta | None:
        """How long an order can be paid; None for as long as the link that led to it."""

    @property
    def form_targets(self) -> tuple[str, ...]:
        """Origins to which a form may lead, as a content security policy names them."""

    def charge(self, amount: Decimal, currency: str) -> Charge:
        """The amount in the cashier's smallest units; PaymentRefusedError when it cannot take that currency."""

    async def open(self, order: Order) -> Till:
        """Begin; the same order again is the same till."""

    async def shut(self, reference: str) -> Seen:
        """Let the order not be paid any more; how it stands afterwards: it may have been paid just before."""

    async def look(self, reference: str) -> Seen:
        """How the order stands."""
