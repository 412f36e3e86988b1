from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.integrations.minor_units import minor_units


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("249.00", "USD", 24_900),
        ("161.85", "MXN", 16_185),
        ("0.01", "EUR", 1),
        ("199990", "CLP", 199_990),
        ("500", "JPY", 500),
        ("12.345", "KWD", 12_350),
        ("0.004", "USD", 1),
    ],
)
def test_what_a_card_is_charged(amount: str, currency: str, units: int) -> None:
    assert minor_units(Decimal(amount), currency) == units


@given(st.decimals("0.01", "99999999.99", places=2), st.sampled_from(["USD", "CLP", "KWD"]))
def test_no_amount_is_free_and_more_is_never_less(amount: Decimal, currency: str) -> None:
    units = minor_units(amount, currency)
    assert 1 <= units <= minor_units(amount + 1, currency)
    assert currency != "KWD" or units % 10 == 0
