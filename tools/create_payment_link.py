"""Makes a payment link over the amount that holds at this moment, and holds a place on the live offer meanwhile.

The amount is computed from the course and the offer, never taken from the model. A link with a discount lasts no longer
than the place that is held for it, and that no longer than the offer. When the offer is gone the link is made over the
full price and says so. The row is found again by the call's key, so that a turn which is run again makes no second one.

In Telegram, with Stars, the link is Telegram's own invoice. If Telegram gives none just now it is our page, which asks
it again when somebody wants to pay.
"""

from datetime import datetime, timedelta

import structlog
from pydantic import Field

from core.context import Context
from core.db import offers, payments
from core.db.payments import NewPayment, Quote
from core.db.pool import Connection
from core.domain.evidence import Fact, FactKind
from core.domain.offers import Claim, Offer, OfferKind, terms
from core.domain.promises import Payment
from core.domain.tools import ToolResult
from core.domain.zones import told
from core.errors import ExpiredLinkError, OfferError, PaymentError
from core.integrations.cashiers import configured
from core.integrations.links import LinkPurpose
from core.world.checkouts import Agreed, Begun, Checkouts
from tools.link_button import link_button
from tools.tool import Arguments, Tool, idempotency_key

log = structlog.get_logger(__name__)

LABEL = "open.payment"


class CreatePaymentLinkArguments(Arguments):
    """Whether the live offer is wanted; it is used when there is one unless this says no."""

    use_offer: bool | None = Field(
        default=None,
        description="true: with the live offer; false: at full price; leave it out to use the offer if there is one",
    )


async def create_payment_link(arguments: CreatePaymentLinkArguments, context: Context) -> ToolResult:
    """Amount, link and expiry, and the terms of the offer that was used.

    Missing: unknown_course, already_paid; offer_gone stands beside the facts of a link over the full price.
    """
    if context.course_id is None:
        return ToolResult(missing="no_course")
    key = idempotency_key(context, CREATE_PAYMENT_LINK.name, arguments)
    async with context.pool.connection() as conn, conn.transaction():
        payment = await payments.by_key(conn, key)
        now = payment.created_at if payment else context.now
        around = await _offers(conn, context, context.course_id, now)
        if payment is None:
            quote = await payments.quote(conn, context.course_id, context.lead.id, _samples(context))
            if quote is None or quote.already_paid:
                return ToolResult(missing="already_paid" if quote else "unknown_course")
            wanted = [] if arguments.use_offer is False else around
            payment = await _invite(conn, context, key, quote, wanted)
    return _result(context, arguments, payment, around, await _invoice(context, payment))


async def _invoice(context: Context, payment: Payment) -> Begun | None:
    """Telegram's invoice over what was just computed; None where one pays elsewhere, or when there is none just now."""
    if payment.provider != "stars" or context.lead.channel != "telegram":
        return None
    try:
        cashier = configured(context.settings)
        desk = Checkouts(context.pool, None, cashier, lambda: context.now, _samples(context))
        page = link_button(context, LinkPurpose.PAYMENT, payment.id, payment.created_at, LABEL).url
        begun = await desk.begin(payment.id, page, Agreed(payment.amount, payment.currency))
    except (PaymentError, ExpiredLinkError) as error:
        log.warning("invoice_not_made", error=type(error).__name__)
        return None
    return begun if isinstance(begun, Begun) else None


async def _offers(conn: Connection, context: Context, course_id: int, now: datetime) -> list[Offer]:
    return await offers.in_window(conn, course_id, OfferKind.DISCOUNT, now, _samples(context))


async def _invite(conn: Connection, context: Context, key: str, quote: Quote, wanted: list[Offer]) -> Payment:
    expires_at = context.now + timedelta(hours=context.settings.link_hours)
    used, claim = await _claim_first(conn, context, wanted)
    if used and claim:
        expires_at = min(expires_at, claim.reserved_until or used.ends_at)
    return await payments.send_link(
        conn,
        NewPayment(
            key=key,
            turn_id=context.turn_id,
            lead_id=context.lead.id,
            course_id=context.course_id or 0,
            offer_id=used.id if used else None,
            provider=context.settings.payment_provider,
            amount=used.price if used else quote.price,
            currency=quote.currency,
            created_at=context.now,
            expires_at=expires_at,
        ),
    )


async def _claim_first(
    conn: Connection, context: Context, wanted: list[Offer]
) -> tuple[Offer, Claim] | tuple[None, None]:
    """The best offer on which this lead can hold a place."""
    hold = timedelta(hours=context.settings.link_hours)
    for offer in wanted:
        try:
            return offer, await offers.claim(conn, offer.id, context.lead.id, context.now, hold)
        except OfferError:
            continue
    return None, None


def _result(
    context: Context,
    arguments: CreatePaymentLinkArguments,
    payment: Payment,
    around: list[Offer],
    invoice: Begun | None,
) -> ToolResult:
    button = link_button(context, LinkPurpose.PAYMENT, payment.id, payment.created_at, LABEL)
    if invoice:
        button = button.model_copy(update={"url": invoice.url})
    used = next((offer for offer in around if offer.id == payment.offer_id), None)
    facts = (
        payment.fact("payment.amount", FactKind.MONEY, f"{payment.amount:.2f}", payment.currency),
        payment.fact("payment.link", FactKind.LINK, button.url),
        payment.fact("payment.expires_at", FactKind.DATE, told(payment.expires_at, context.lead.timezone)),
        *(_stars(payment, invoice) if invoice else ()),
        *(terms(used, context.lead.timezone) if used else ()),
    )
    return ToolResult(facts=facts, buttons=(button,), missing=_missing(arguments, payment, around))


def _stars(payment: Payment, invoice: Begun) -> tuple[Fact, ...]:
    """What Telegram asks, in its own coin, beside the amount."""
    return (payment.fact("payment.stars", FactKind.COUNT, str(invoice.checkout.units), "Stars"),)


def _missing(arguments: CreatePaymentLinkArguments, payment: Payment, around: list[Offer]) -> str:
    """An offer that was asked for, or that is running without a place for this lead, is gone; that must be said."""
    expected = arguments.use_offer or (arguments.use_offer is None and around)
    return "offer_gone" if expected and payment.offer_id is None else ""


def _samples(context: Context) -> bool:
    return context.settings.tells_samples


CREATE_PAYMENT_LINK = Tool(name="create_payment_link", arguments=CreatePaymentLinkArguments, run=create_payment_link)
