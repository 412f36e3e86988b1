"""The tries to pay as rows: one is open at a time, and what is known of one is never undone."""

from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import checkouts
from core.db.checkouts import NewCheckout
from core.db.pool import Pool
from core.domain.checkouts import CheckoutStatus
from core.domain.promises import Payment
from tests.deals import HOUR, NOW
from tests.shops import Shop, shop_on
from tests.worlds import make_course


@pytest.fixture
async def shop(empty_database: Pool) -> AsyncIterator[Shop]:
    async with shop_on(empty_database) as shop:
        await make_course(shop.pool)
        yield shop


def _new(payment: Payment) -> NewCheckout:
    return NewCheckout(
        payment_id=payment.id,
        provider="sandbox",
        offer_id=None,
        claim_id=None,
        amount=payment.amount,
        currency=payment.currency,
        units=30_000,
        unit_currency="USD",
        opened_at=NOW,
        expires_at=NOW + HOUR,
    )


async def test_tries_are_numbered_and_only_one_is_open(shop: Shop) -> None:
    payment = await shop.link()
    async with shop.pool.connection() as conn:
        first = await checkouts.begin(conn, _new(payment))
        with pytest.raises(psycopg.errors.UniqueViolation):
            await checkouts.begin(conn, _new(payment))
        assert await checkouts.close(conn, first, CheckoutStatus.EXPIRED, NOW)
        second = await checkouts.begin(conn, _new(payment))
        assert (first.attempt, second.attempt) == (1, 2)
        assert await checkouts.latest(conn, payment.id) == second
        assert (await checkouts.attempt(conn, payment.id, 1), await checkouts.attempt(conn, payment.id, 9)) == (
            await checkouts.by_id(conn, first.id),
            None,
        )


async def test_the_cashiers_first_answer_stays(shop: Shop) -> None:
    payment = await shop.link()
    async with shop.pool.connection() as conn:
        made = await checkouts.begin(conn, _new(payment))
        await checkouts.answered(conn, made.id, "cs_1", "https://pay.example/1")
        await checkouts.answered(conn, made.id, "cs_2", "https://pay.example/2")
        after = await checkouts.by_id(conn, made.id)
    assert after is not None
    assert (after.reference, after.url) == ("cs_1", "https://pay.example/1")


@given(
    st.lists(st.sampled_from([status for status in CheckoutStatus if status is not CheckoutStatus.OPEN]), min_size=1)
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_try_only_goes_forward(shop: Shop, news: list[CheckoutStatus]) -> None:
    payment = await shop.link()
    async with shop.pool.connection() as conn:
        made = await checkouts.begin(conn, _new(payment))
        for status in news:
            now = await checkouts.by_id(conn, made.id)
            assert now is not None
            reference = "money" if status is CheckoutStatus.PAID else None
            await checkouts.close(conn, now, status, NOW, reference)
        await checkouts.extend(conn, made.id, NOW + timedelta(days=9))
        after = await checkouts.by_id(conn, made.id)
    assert after is not None
    assert after.status is max(news, key=list(CheckoutStatus).index)
    assert after.expires_at == NOW + HOUR
