import pytest

from core.domain.checkouts import Charge
from core.world.purchase_news import written


@pytest.mark.parametrize(
    ("charge", "text"),
    [
        (Charge(16_185, "USD"), "161.85 USD"),
        (Charge(199_990, "CLP"), "199990.00 CLP"),
        (Charge(12_350, "KWD"), "12.35 KWD"),
        (Charge(500, "XTR"), "500 Stars"),
        (Charge(0, "USD"), "0.00 USD"),
    ],
)
def test_a_charge_as_advisors_read_it(charge: Charge, text: str) -> None:
    assert written(charge) == text
