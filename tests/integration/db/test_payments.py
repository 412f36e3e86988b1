from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from core.db import payments
from core.db.payments import NewPayment
from core.db.pool import Pool
from core.domain.promises import Payment
from core.errors import ExpiredLinkError, ForgedLinkError, LinkError
from core.integrations.links import LinkPurpose, LinkSigner
from tests.deals import DAY, HOUR, NOW
from tests.worlds import make_course, make_lead


def _signer(now: datetime = NOW) -> LinkSigner:
    return LinkSigner(secret="s" * 32, base="http://127.0.0.1", clock=lambda: now)


async def _payment(pool: Pool, lifetime: timedelta = HOUR) -> Payment:
    course_id, lead = await make_course(pool), await make_lead(pool, NOW)
    new = NewPayment(
        key=uuid4().hex,
        turn_id="turn-1",
        lead_id=lead.id,
        course_id=course_id,
        offer_id=None,
        provider="sandbox",
        amount=Decimal("249.00"),
        currency="USD",
        created_at=NOW,
        expires_at=NOW + lifetime,
    )
    async with pool.connection() as conn:
        return await payments.send_link(conn, new)


async def _open(pool: Pool, token: str, now: datetime) -> Payment:
    async with pool.connection() as conn:
        return await payments.open_link(conn, token, _signer(now), now)


async def _refusal(pool: Pool, token: str, now: datetime) -> LinkError:
    with pytest.raises(LinkError) as refused:
        await _open(pool, token, now)
    return refused.value


async def test_a_link_opens_until_its_row_expires(empty_database: Pool) -> None:
    payment = await _payment(empty_database)
    token = _signer().token(LinkPurpose.PAYMENT, payment.id)
    assert await _open(empty_database, token, NOW) == payment
    assert await _open(empty_database, token, NOW + HOUR - timedelta(seconds=1)) == payment
    for late in (NOW + HOUR, NOW + 60 * DAY):
        assert isinstance(await _refusal(empty_database, token, late), ExpiredLinkError)


async def test_the_longest_link_lives_its_whole_life(empty_database: Pool) -> None:
    payment = await _payment(empty_database, 30 * DAY)
    token = _signer().token(LinkPurpose.PAYMENT, payment.id)
    assert await _open(empty_database, token, NOW + 30 * DAY - timedelta(seconds=1)) == payment


async def test_a_payment_that_was_called_off_does_not_open(empty_database: Pool) -> None:
    payment = await _payment(empty_database)
    async with empty_database.connection() as conn:
        await conn.execute("update payments set status = 'expired'")
    token = _signer().token(LinkPurpose.PAYMENT, payment.id)
    assert isinstance(await _refusal(empty_database, token, NOW), ExpiredLinkError)


async def test_nothing_tells_a_forged_link_from_one_whose_row_is_gone(empty_database: Pool) -> None:
    payment = await _payment(empty_database)
    token = _signer().token(LinkPurpose.PAYMENT, payment.id)
    forged = [
        _signer().token(LinkPurpose.PAYMENT, UUID(int=7)),
        _signer().token(LinkPurpose.DEMO, payment.id),
        replace(_signer(), secret="t" * 32).token(LinkPurpose.PAYMENT, payment.id),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        payment.id.hex,
        "",
        "'; drop table payments; --",
        "\x00",
        "ñ" * 10_000,
    ]
    refusals = [await _refusal(empty_database, each, NOW) for each in forged]
    assert {(type(error), str(error)) for error in refusals} == {(ForgedLinkError, str(refusals[0]))}


async def test_a_link_from_the_future_is_forged(empty_database: Pool) -> None:
    payment = await _payment(empty_database)
    token = _signer(NOW + DAY).token(LinkPurpose.PAYMENT, payment.id)
    assert isinstance(await _refusal(empty_database, token, NOW), ForgedLinkError)


async def test_a_quote_knows_price_and_who_has_paid(empty_database: Pool) -> None:
    payment = await _payment(empty_database)
    assert payment.lead_id is not None
    async with empty_database.connection() as conn:
        quote = await payments.quote(conn, payment.course_id, payment.lead_id, samples=False)
        await conn.execute("update payments set status = 'paid', paid_at = now()")
        paid = await payments.quote(conn, payment.course_id, payment.lead_id, samples=False)
        stranger = await payments.quote(conn, payment.course_id, UUID(int=7), samples=False)
        unknown = await payments.quote(conn, 999, payment.lead_id, samples=False)
    assert quote is not None and paid is not None and stranger is not None
    assert (quote.price, quote.currency, quote.already_paid) == (Decimal("300.00"), "USD", False)
    assert paid.already_paid
    assert not stranger.already_paid
    assert unknown is None
