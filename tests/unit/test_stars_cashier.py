from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PaymentRefusedError
from core.integrations.stars_cashier import MOST_STARS, StarsCashier


def _cashier(rate: str = "77") -> StarsCashier:
    return StarsCashier("token", "http://127.0.0.1:1", Decimal(rate))


@given(st.decimals("0.01", "1000", places=2))
def test_stars_are_whole_and_never_less_than_the_price(amount: Decimal) -> None:
    charge = _cashier().charge(amount, "USD")
    assert charge.currency == "XTR"
    assert charge.units - 1 < amount * 77 <= charge.units


def test_what_one_invoice_cannot_ask_is_refused() -> None:
    assert _cashier("1").charge(Decimal(MOST_STARS), "USD").units == MOST_STARS
    with pytest.raises(PaymentRefusedError, match="100001 Stars"):
        _cashier("1").charge(Decimal(MOST_STARS + 1), "USD")
