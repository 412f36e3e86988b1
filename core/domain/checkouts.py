"""Checkouts: each try to pay for what a payment link stands for, and what it costs at the moment it is looked at.

A provider counts in units of its own (cents, Telegram Stars); a try keeps them beside the amount of money, so that
what a provider reports can be compared exactly with what was asked.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.catalog import Course
from core.domain.offers import Offer


class CheckoutStatus(StrEnum):
    """Where one try stands, in the order in which news may move it: what is further on is never undone."""

    OPEN = "open"
    EXPIRED = "expired"
    FAILED = "failed"
    PAID = "paid"

    def follows(self, other: "CheckoutStatus") -> bool:
        """Whether this is further on than the other."""
        order = list(CheckoutStatus)
        return order.index(self) > order.index(other)


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider asks: a whole number of its smallest units, and their currency ("USD", or "XTR" for Stars)."""

    units: int
    currency: str


class Checkout(BaseModel):
    """One try to pay. `reference` and `url` are the provider's, None until it has answered.

    `payment_reference` is its name of the money that came by this try; None before.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    payment_id: UUID
    attempt: int
    provider: str
    reference: str | None
    payment_reference: str | None
    url: str | None
    offer_id: int | None
    claim_id: int | None
    amount: Decimal
    currency: str
    units: int
    unit_currency: str
    status: CheckoutStatus
    opened_at: datetime
    expires_at: datetime
    closed_at: datetime | None

    @property
    def charge(self) -> Charge:
        """What the provider was told to ask."""
        return Charge(self.units, self.unit_currency)


class Reason(StrEnum):
    """Why what is asked is not what was said in the chat."""

    NONE = ""
    OFFER_OVER = "offer_over"
    OFFER_FULL = "offer_full"
    OFFER_BETTER = "offer_better"
    PRICE = "price"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Due:
    """What a payment costs at one moment: the course less the best offer on which this person has or can get a place.

    `said` and `said_currency` are what was said in the chat; `reason` why that no longer holds.
    """

    course: Course
    offer: Offer | None
    said: Decimal
    said_currency: str
    reason: Reason
    already_paid: bool

    @property
    def amount(self) -> Decimal:
        """What is asked now."""
        return self.offer.price if self.offer else self.course.price

    @property
    def currency(self) -> str:
        """The currency of the course's price."""
        return self.course.currency

    @property
    def is_dearer(self) -> bool:
        """Whether it must be accepted in so many words, because it is more than was said, or other money."""
        return self.currency != self.said_currency or self.amount > self.said
