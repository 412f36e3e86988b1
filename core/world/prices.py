"""What a payment costs at this moment: the course's price less the best discount that this person can still get.

It is asked anew whenever somebody looks or pays. A link only says which payment it is; neither it nor the page that
it opens can say a price. When the answer is not what the chat said, the reason is found as well.
"""

from datetime import datetime

from core.db import courses, offers, payments
from core.db.pool import Connection
from core.domain.catalog import Course
from core.domain.checkouts import Due, Reason
from core.domain.offers import Offer, OfferKind
from core.domain.promises import Payment


async def due(conn: Connection, payment: Payment, now: datetime, samples: bool) -> Due | None:
    """What it costs now; None when the course is not sold any more."""
    course = await courses.by_id(conn, payment.course_id, samples)
    if course is None:
        return None
    attainable = await offers.attainable(conn, course.id, payment.lead_id, now, samples)
    best = max(attainable, key=lambda offer: offer.saving, default=None)
    running = await offers.in_window(conn, course.id, OfferKind.DISCOUNT, now, samples)
    said, said_currency = payment.said
    return Due(
        course=course,
        offer=best,
        said=said,
        said_currency=said_currency,
        reason=_reason(payment, course, best, {offer.id for offer in running}),
        already_paid=await payments.has_other_paid(conn, payment, course.id),
    )


def _reason(payment: Payment, course: Course, best: Offer | None, running: set[int]) -> Reason:
    """Why it is not what was said; `running` are the discounts whose time it is, with or without a place left."""
    said, said_currency = payment.said
    amount = best.price if best else course.price
    if (amount, course.currency) == (said, said_currency):
        return Reason.NONE
    if course.currency != said_currency:
        return Reason.CURRENCY
    promised = payment.offer_id
    if promised is not None and (best is None or best.id != promised) and amount > said:
        return Reason.OFFER_FULL if promised in running else Reason.OFFER_OVER
    if best is not None and best.id != promised and amount < said:
        return Reason.OFFER_BETTER
    return Reason.PRICE
