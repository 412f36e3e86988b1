"""Money as it is written for people: "249 USD", "161.85 USD"; no cents where there are none."""

from decimal import Decimal

from core.domain.catalog import cents


def written_money(amount: Decimal, currency: str) -> str:
    """The amount, rounded half up to the cent, with the code of its currency."""
    return f"{cents(amount):f}".removesuffix(".00") + f" {currency}"
