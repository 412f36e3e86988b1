"""Money in the smallest units of its currency, as card processors count it: cents, but whole pesos in Chile.

The lists are Stripe's (docs.stripe.com/currencies): in some currencies it takes no decimals, in others three, of which
the last must be zero. Hungary, Taiwan and Uganda are listed there as special cases of payouts, not of charges.
"""

from decimal import ROUND_HALF_UP, Decimal

_WHOLE = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE = frozenset("BHD JOD KWD OMR TND".split())


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount as a whole number of the smallest units, at least one; halves are rounded up."""
    if currency in _THREE:
        return max(10, 10 * int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP)))
    factor = 1 if currency in _WHOLE else 100
    return max(1, int((amount * factor).quantize(Decimal(1), ROUND_HALF_UP)))
