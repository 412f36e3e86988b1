"""The end of a try whose news were lost: its cashier is asked."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.db.pool import Pool
from core.domain.checkouts import Checkout
from core.domain.promises import Payment
from core.errors import PaymentUnavailableError
from core.integrations.sandbox_cashier import SandboxCashier
from core.integrations.stripe_checkout import StripeCashier
from core.world.checkout_ends import CheckoutEnds
from core.world.purchases import Outcome
from tests.deals import make_offer, rows
from tests.fakes.stripe_server import KEY, FakeStripe, Trouble
from tests.shops import Shop, shop_on
from tests.worlds import make_course

LATE = timedelta(minutes=40)


@pytest.fixture
async def shop(empty_database: Pool) -> AsyncIterator[Shop]:
    async with shop_on(empty_database) as shop:
        await make_offer(shop.pool, await make_course(shop.pool), max_claims=1)
        yield shop


@pytest.fixture
async def stripe(shop: Shop) -> AsyncIterator[FakeStripe]:
    async with FakeStripe(clock=shop.clock) as fake:
        shop.cashier = StripeCashier(KEY, fake.url)
        yield fake


def _ends(shop: Shop) -> CheckoutEnds:
    return CheckoutEnds(shop.pool, shop.purchases, lambda _: shop.cashier, shop.clock)


async def _begun(shop: Shop) -> tuple[Payment, Checkout]:
    payment = await shop.link()
    return payment, await shop.begun(payment)


async def _jobs(shop: Shop) -> int:
    return len(await shop.rows("select 1 from procrastinate_jobs where task_name = 'brenda.checkout'"))


async def test_before_its_time_nothing_happens_but_that_it_is_asked_again(shop: Shop, stripe: FakeStripe) -> None:
    _, checkout = await _begun(shop)
    assert await _ends(shop).end(checkout.id) is Outcome.KNOWN
    assert (await _jobs(shop), len(stripe.requests)) == (2, 1)


async def test_who_left_is_let_go_and_the_session_is_over(shop: Shop, stripe: FakeStripe) -> None:
    payment, checkout = await _begun(shop)
    shop.clock.now += LATE
    assert await _ends(shop).end(checkout.id) is Outcome.EXPIRED
    assert stripe.newest["status"] == "expired"
    assert (await shop.payment(payment.id)).status == "link_sent"
    assert await _ends(shop).end(checkout.id) is Outcome.KNOWN


async def test_money_whose_news_were_lost_is_found(shop: Shop, stripe: FakeStripe) -> None:
    payment, checkout = await _begun(shop)
    event = stripe.pays(stripe.newest)
    shop.clock.now += LATE
    assert await _ends(shop).end(checkout.id) is Outcome.PAID
    paid = await shop.payment(payment.id)
    assert (paid.status, paid.provider_reference) == ("paid", event["data"]["object"]["payment_intent"])
    assert await shop.heard(payment) == ["paid"]
    letters = await shop.rows("select message->'variables'->>'to' as address from outbox where channel = 'email'")
    assert [letter["address"] for letter in letters] == ["ana@correo.example"]
    assert await shop.pays(checkout, str(paid.provider_reference)) is Outcome.KNOWN


async def test_a_bank_that_takes_its_time_is_asked_about_again(shop: Shop, stripe: FakeStripe) -> None:
    payment, checkout = await _begun(shop)
    stripe.promises(stripe.newest)
    shop.clock.now += LATE
    assert await _ends(shop).end(checkout.id) is Outcome.KNOWN
    assert ((await shop.payment(payment.id)).status, await _jobs(shop)) == ("pending", 2)


async def test_while_stripe_is_out_of_reach_the_place_is_kept_and_the_job_comes_again(
    shop: Shop, stripe: FakeStripe
) -> None:
    _, checkout = await _begun(shop)
    shop.clock.now += LATE
    stripe.troubles = [Trouble(503)] * 3
    with pytest.raises(PaymentUnavailableError):
        await _ends(shop).end(checkout.id)
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["reserved"]
    assert (await shop.checkout(checkout)).status == "open"


async def test_a_try_that_never_got_a_page_is_over_without_asking(shop: Shop, stripe: FakeStripe) -> None:
    payment = await shop.link()
    stripe.troubles = [Trouble(drop=True)] * 3
    with pytest.raises(PaymentUnavailableError):
        await shop.begins(payment)
    asked = len(stripe.requests)
    shop.clock.now += LATE
    [row] = await rows(shop.pool, "checkouts")
    assert await _ends(shop).end(row["id"]) is Outcome.EXPIRED
    assert len(stripe.requests) == asked


async def test_the_sandbox_ends_too_and_what_is_gone_is_no_fault(shop: Shop) -> None:
    shop.cashier = SandboxCashier()
    _, checkout = await _begun(shop)
    shop.clock.now += LATE
    assert await _ends(shop).end(checkout.id) is Outcome.EXPIRED
    assert await _ends(shop).end(checkout.id + 99) is Outcome.KNOWN
