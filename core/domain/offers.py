"""Offers: discounts and bonuses with a real end, and the places that people hold on them.

An offer is a row that somebody approved. What is said of it (price, saving, places, end) is computed here from that
row, the course's price and the paid sales, in exact decimals, so that no two parts can say two things.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.catalog import Row, cents, plain
from core.domain.evidence import Fact, FactKind
from core.domain.zones import told

_CENT = Decimal("0.01")


class OfferKind(StrEnum):
    """Money off, or something on top."""

    DISCOUNT = "discount"
    BONUS = "bonus"


class ClaimStatus(StrEnum):
    """What became of a place."""

    RESERVED = "reserved"
    PAID = "paid"
    RELEASED = "released"


class Claim(BaseModel):
    """One lead's place on one offer. A reservation counts until `reserved_until`; a paid place, without one, always."""

    model_config = ConfigDict(frozen=True)

    id: int
    offer_id: int
    lead_id: UUID
    status: ClaimStatus
    reserved_until: datetime | None

    def holds_at(self, now: datetime) -> bool:
        """Whether the place is taken at this moment."""
        reserved = self.status is ClaimStatus.RESERVED and self.reserved_until is not None and now < self.reserved_until
        return reserved or self.status is ClaimStatus.PAID


class Offer(Row):
    """An approved offer with the price of its course. `paid` counts the places that were paid for."""

    table: ClassVar[str] = "offers"
    course_id: int
    kind: OfferKind
    name: str
    description: str
    percent_off: Decimal | None
    bonus: str | None
    bonus_value: Decimal | None
    starts_at: datetime
    ends_at: datetime
    max_claims: int | None
    paid: int
    course_price: Decimal
    currency: str

    @property
    def seats(self) -> int | None:
        """Places that are not paid for, or None when they are not limited."""
        return None if self.max_claims is None else max(0, self.max_claims - self.paid)

    @property
    def price(self) -> Decimal:
        """What the course costs with this offer."""
        return discounted(self.course_price, self.percent_off or Decimal(0))

    @property
    def saving(self) -> Decimal:
        """What the course costs less with this offer."""
        return self.course_price - self.price


def discounted(price: Decimal, percent_off: Decimal) -> Decimal:
    """The price less a percentage, rounded half up to the cent, and never under a cent: no provider takes nothing."""
    return max(cents(price * (100 - percent_off) / 100), _CENT)


def terms(offer: Offer, timezone: str | None) -> tuple[Fact, ...]:
    """What may be said of an offer, but for its places; the end is told in the time zone of the person."""
    return (
        *offer.texts(offer__name=offer.name),
        *(_discount(offer) if offer.kind is OfferKind.DISCOUNT else _bonus(offer)),
        offer.fact("offer.ends_at", FactKind.DATE, told(offer.ends_at, timezone)),
        *offer.marks(),
    )


def places(offer: Offer) -> tuple[Fact, ...]:
    """How many places are left; nothing when they are not limited."""
    return () if offer.seats is None else (offer.fact("offer.seats", FactKind.SEATS, offer.seats, "places"),)


def _discount(offer: Offer) -> tuple[Fact, ...]:
    return (
        offer.fact("offer.percent", FactKind.PERCENT, plain(offer.percent_off or Decimal(0)), "%"),
        offer.money("offer.price", offer.price, offer.currency),
        offer.money("offer.saving", offer.saving, offer.currency),
    )


def _bonus(offer: Offer) -> tuple[Fact, ...]:
    value = (offer.money("offer.bonus_value", offer.bonus_value, offer.currency),) if offer.bonus_value else ()
    return (*offer.texts(offer__bonus=offer.bonus), *value)
