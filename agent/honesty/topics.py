"""What a sentence is about, so that a true number is not used for the wrong thing.

The end of a payment link is no end of an offer, and what a bonus is worth is no price. A sentence that speaks of
several things at once has no topic, and then any fact of the right kind will do.
"""

import re
from typing import Final

OFFER: Final = "offer"
START: Final = "start"
END: Final = "end"
PRICE: Final = "price"

_OFFER: Final = re.compile(r"oferta|descuento|promo|precio|rebaja|\boffer|discount|\bprice|\bdeal\b")
_START: Final = re.compile(r"\b(?:empieza|empezamos|comienza|arranca|inicia|starts?|begins?)")
_END: Final = re.compile(r"\b(?:venc|expir|caduc|termin|acab|cierr|sube|subir|ultim|quedan?\b|ends?\b|left\b|clos)")
_NO_END: Final = re.compile(
    r"inici|empez|comenz|comien|arran|curso|clase|start|begin|course|class|escrib|contact|\bavis|record"
)
_LINK: Final = re.compile(
    r"enlace|\blinks?\b|\bpag[oa]|\bdemo|escrib|contact|\bavis|record|curso|clase|programa|course|class"
)
_PRICE: Final = re.compile(r"cuesta|precio|\bpag[au]|te lo llevas|te sale|te queda|inversion|\bcosts?\b|\bprice|\bpay")
_OTHER_MONEY: Final = re.compile(
    r"ahorr|bono|bonus|regal|valor|\bsav|\bhora|\bhour|\bgan|recuper|ingres|retorn|diferencia|menos|rebaja|descuento "
    r"de|off\b|incluye"
)
_STOP: Final = re.compile(r"[.!?;\n](?!\d)")
_REACH: Final = 200
NOT_PRICES: Final = (
    "offer.saving",
    "offer.bonus_value",
    "comparison.saving",
    "comparison.price_per_hour",
    "roi.",
    "case.",
    "statistic.",
)


def sentence_at(folded: str, start: int, end: int) -> str:
    """The sentence of `folded` around `start:end`, at most 200 characters to either side."""
    before, after = folded[max(0, start - _REACH) : start], folded[end : end + _REACH]
    opening = [stop.end() for stop in _STOP.finditer(before)]
    closing = _STOP.search(after)
    return (
        before[opening[-1] if opening else 0 :]
        + folded[start:end]
        + after[: closing.start() if closing else len(after)]
    )


def day_topic(sentence: str) -> str:
    """OFFER, START, END or "" for a sentence that names a day."""
    offer, start = _OFFER.search(sentence) is not None, _START.search(sentence) is not None
    if start and not offer:
        return START
    if offer and not start and not _LINK.search(sentence):
        return OFFER
    return END if not start and _END.search(sentence) and not _NO_END.search(sentence) else ""


def money_topic(sentence: str) -> str:
    """PRICE or "" for a sentence that names an amount."""
    return PRICE if _PRICE.search(sentence) and not _OTHER_MONEY.search(sentence) else ""


def is_about(topic: str, key: str) -> bool:
    """Whether a fact with `key` ("" for free text) may back a claim in a sentence on `topic`."""
    if topic == OFFER:
        return key == "" or key.startswith("offer.")
    if topic == END:
        return not key.startswith(("course.", "follow_up."))
    if topic == START:
        return not key.startswith(("offer.", "payment."))
    return topic != PRICE or not key.startswith(NOT_PRICES)
