"""What the checkout's pages are told, as plain values: amounts as they are written, moments as they are said."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.checkouts import Due, Reason
from core.domain.money import written_money
from core.domain.promises import Payment, PaymentStatus
from core.errors import PaymentError
from core.integrations.cashier import Cashier
from core.prompts.calendar import SpokenMoment

View = dict[str, Any]


class Problem(StrEnum):
    """What stands at the top of the page."""

    NONE = ""
    ACCEPT = "accept"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    FAILED = "failed"


def offered(payment: Payment, due: Due, cashier: Cashier, told: Callable[[datetime], SpokenMoment]) -> View:
    """The page on which somebody decides; `told` puts a moment on their clock."""
    offer, course = due.offer, due.course
    return {
        "course": course.name,
        "tagline": course.tagline,
        "sample": course.is_sample,
        "amount": written_money(due.amount, due.currency),
        "full": written_money(course.price, course.currency),
        "said": written_money(due.said, due.said_currency),
        "reason": due.reason.value,
        "dearer": due.is_dearer and due.reason is not Reason.NONE,
        "offer": {
            "name": offer.name,
            "percent": f"{offer.percent_off:f}".rstrip("0").rstrip(".") if offer.percent_off else "0",
            "saving": written_money(offer.saving, offer.currency),
            "ends": told(offer.ends_at),
        }
        if offer
        else None,
        "guarantee": course.guarantee,
        "guarantee_days": course.guarantee_days,
        "modality": course.modality,
        "expires": told(payment.expires_at),
        "sandbox": cashier.name == "sandbox",
        "stripe": cashier.name == "stripe",
        "stars": _stars(due, cashier),
    }


def over(payment: Payment, due: Due | None) -> View:
    """The page when there is nothing to pay."""
    return {
        "state": _state(payment, due),
        "course": due.course.name if due else "",
        "amount": written_money(payment.amount, payment.currency),
        "refunded": written_money(payment.refunded_amount, payment.currency) if payment.refunded_amount else "",
        "sandbox": payment.was_paid and payment.provider == "sandbox",
    }


def waiting(due: Due | None, again: str = "", payment: Payment | None = None) -> View:
    """The page that waits for news and looks `again` at that address, and the sandbox's."""
    amount = written_money(payment.amount, payment.currency) if payment else ""
    return {"course": due.course.name if due else "", "amount": amount, "again": again}


def _state(payment: Payment, due: Due | None) -> str:
    if payment.status is PaymentStatus.REFUNDED:
        return "refunded"
    if payment.was_paid:
        return "paid"
    return "elsewhere" if due else "unsold"


def _stars(due: Due, cashier: Cashier) -> int:
    """How many Stars it costs; 0 when it is not paid in Stars, or in more than can be asked."""
    try:
        return cashier.charge(due.amount, due.currency).units if cashier.name == "stars" else 0
    except PaymentError:
        return 0
