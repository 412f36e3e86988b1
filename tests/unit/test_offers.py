from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.offers import Claim, ClaimStatus, Offer, OfferKind, discounted, places, terms
from tests.deals import DAY, HOUR, NOW
from tests.worlds import valued

_PRICES = st.decimals(Decimal("0.01"), Decimal("99999999.99"), places=2)
_PERCENTS = st.decimals(Decimal("0.01"), Decimal("99.99"), places=2)


def _offer(**fields: Any) -> Offer:
    values: dict[str, Any] = {
        "id": 7,
        "course_id": 1,
        "kind": OfferKind.DISCOUNT,
        "name": "Semana de noviembre",
        "description": "",
        "percent_off": Decimal("12.50"),
        "bonus": None,
        "bonus_value": None,
        "starts_at": NOW - DAY,
        "ends_at": NOW + DAY,
        "max_claims": None,
        "paid": 0,
        "course_price": Decimal("249.00"),
        "currency": "USD",
    }
    return Offer(**(values | fields))


@given(_PRICES, _PERCENTS)
def test_a_discount_is_exact_to_half_a_cent_and_never_free(price: Decimal, percent: Decimal) -> None:
    after = discounted(price, percent)
    assert after == after.quantize(Decimal("0.01"))
    assert Decimal(0) < after <= price
    assert abs(after - price * (100 - percent) / 100) <= Decimal("0.005") or after == Decimal("0.01")


@pytest.mark.parametrize(
    ("price", "percent", "expected"),
    [("249.00", "30", "174.30"), ("0.25", "50", "0.13"), ("0.15", "50", "0.08"), ("0.01", "99.99", "0.01")],
)
def test_a_half_cent_is_rounded_up(price: str, percent: str, expected: str) -> None:
    assert discounted(Decimal(price), Decimal(percent)) == Decimal(expected)


def test_the_terms_of_a_discount() -> None:
    assert valued(terms(_offer(), "America/Mexico_City")) == {
        "offer.name": ["Semana de noviembre"],
        "offer.percent": ["12.5"],
        "offer.price": ["217.88"],
        "offer.saving": ["31.12"],
        "offer.ends_at": ["2026-11-23T12:30-06:00"],
    }


def test_price_and_saving_make_up_the_course_price() -> None:
    offer = _offer()
    assert offer.price + offer.saving == offer.course_price


def test_the_terms_of_a_bonus_name_no_price() -> None:
    bonus = _offer(kind=OfferKind.BONUS, percent_off=None, bonus="Mentoría", bonus_value=Decimal("50"))
    assert valued(terms(bonus, None)) == {
        "offer.name": ["Semana de noviembre"],
        "offer.bonus": ["Mentoría"],
        "offer.bonus_value": ["50.00"],
        "offer.ends_at": ["2026-11-23T12:30-06:00"],
    }


def test_a_sample_says_so() -> None:
    assert valued(terms(_offer(is_sample=True), None))["sample"] == ["true"]
    assert {fact.source for fact in terms(_offer(is_sample=True), None)} == {"offers:7"}


def test_places_are_told_only_when_they_are_limited_and_never_below_none() -> None:
    assert places(_offer()) == ()
    assert valued(places(_offer(max_claims=5, paid=2))) == {"offer.seats": ["3"]}
    assert _offer(max_claims=5, paid=6).seats == 0


@pytest.mark.parametrize(
    ("status", "until", "holds"),
    [
        (ClaimStatus.RESERVED, HOUR, True),
        (ClaimStatus.RESERVED, timedelta(0), False),
        (ClaimStatus.RESERVED, -HOUR, False),
        (ClaimStatus.PAID, -HOUR, True),
        (ClaimStatus.RELEASED, HOUR, False),
    ],
)
def test_a_reservation_ends_and_a_paid_place_does_not(status: ClaimStatus, until: timedelta, holds: bool) -> None:
    claim = Claim(id=1, offer_id=1, lead_id=UUID(int=1), status=status, reserved_until=NOW + until)
    assert claim.holds_at(NOW) is holds
