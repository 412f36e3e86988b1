from decimal import Decimal

import pytest

from core.domain.money import written_money


@pytest.mark.parametrize(
    ("amount", "written"),
    [("249.00", "249 USD"), ("161.85", "161.85 USD"), ("0.5", "0.50 USD"), ("1200", "1200 USD"), ("0.005", "0.01 USD")],
)
def test_money_is_written_as_it_is_said(amount: str, written: str) -> None:
    assert written_money(Decimal(amount), "USD") == written
