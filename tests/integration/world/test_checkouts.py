"""Beginning to pay: the price of the moment, one try at a time, and no more places than there are."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.db.pool import Pool
from core.domain.checkouts import Reason
from core.domain.promises import PaymentStatus
from core.errors import ExpiredLinkError, ForgedLinkError, PaymentRefusedError, PaymentUnavailableError
from core.integrations.cashier import Order, Seen, Till, TillState
from core.integrations.sandbox_cashier import SandboxCashier
from core.integrations.stripe_checkout import StripeCashier
from core.world.checkouts import AlreadyPaid, Ask, Begun, Unsold
from tests.deals import HOUR, make_offer, rows
from tests.fakes.stripe_server import KEY, FakeStripe, Trouble
from tests.shops import Shop, shop_on
from tests.worlds import make_context, make_course


@pytest.fixture
async def shop(empty_database: Pool) -> AsyncIterator[Shop]:
    async with shop_on(empty_database) as shop:
        yield shop


@pytest.fixture
async def stripe(shop: Shop) -> AsyncIterator[FakeStripe]:
    """Stripe at the till of the shop."""
    async with FakeStripe(clock=shop.clock) as fake:
        shop.cashier = StripeCashier(KEY, fake.url)
        yield fake


async def test_a_try_is_over_what_it_costs_now_and_holds_its_place(shop: Shop) -> None:
    await make_offer(shop.pool, await make_course(shop.pool), max_claims=1)
    payment = await shop.link()
    begun = await shop.begins(payment)
    assert isinstance(begun, Begun)
    assert begun.url == "http://127.0.0.1:8080/pagar/token/prueba"
    checkout = begun.checkout
    assert (checkout.amount, checkout.units, checkout.unit_currency) == (Decimal("210.00"), 21_000, "USD")
    assert (await shop.payment(payment.id)).status is PaymentStatus.PENDING
    jobs = await shop.rows("select scheduled_at from procrastinate_jobs where task_name = 'brenda.checkout'")
    assert [job["scheduled_at"] > checkout.expires_at for job in jobs] == [True]


async def test_pressing_again_goes_on_with_the_same_try(shop: Shop, stripe: FakeStripe) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    begun = [await shop.begins(payment) for _ in range(3)]
    begun += await asyncio.gather(*(shop.begins(payment) for _ in range(5)))
    assert {one.url for one in begun if isinstance(one, Begun)} == {stripe.newest["url"]}
    assert len(stripe.sessions) == len(await rows(shop.pool, "checkouts")) == 1


async def test_what_stripe_is_told(shop: Shop, stripe: FakeStripe) -> None:
    offer = await make_offer(shop.pool, await make_course(shop.pool, price="249.00"), percent_off="35")
    payment = await shop.link()
    checkout = await shop.begun(payment)
    session, (_, fields) = stripe.newest, stripe.requests[0]
    assert (session["amount_total"], session["currency"]) == (16_185, "usd")
    assert session["metadata"] == session["_intent_metadata"]
    assert session["metadata"] | {"course": ""} == {
        "payment": str(payment.id),
        "attempt": "1",
        "lead": str(payment.lead_id),
        "course": "",
        "offer": str(offer),
    }
    assert fields["success_url"] == "http://127.0.0.1:8080/pagar/token/gracias"
    assert (checkout.reference, checkout.url) == (session["id"], session["url"])


@pytest.mark.parametrize("trouble", [Trouble(503), Trouble(drop=True), Trouble(503, after=True), Trouble(429)])
async def test_while_stripe_is_out_of_reach_the_try_waits_and_goes_on(
    shop: Shop, stripe: FakeStripe, trouble: Trouble
) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    stripe.troubles = [trouble] * 3
    with pytest.raises(PaymentUnavailableError):
        await shop.begins(payment)
    stripe.troubles = []
    assert isinstance(await shop.begins(payment), Begun)
    assert len(stripe.sessions) == len(await rows(shop.pool, "checkouts")) == 1


async def test_a_try_that_stripe_refuses_is_over(shop: Shop, stripe: FakeStripe) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    shop.cashier = StripeCashier("sk_wrong", stripe.url)
    with pytest.raises(PaymentRefusedError):
        await shop.begins(payment)
    assert [row["status"] for row in await rows(shop.pool, "checkouts")] == ["failed"]
    shop.cashier = StripeCashier(KEY, stripe.url)
    assert (await shop.begun(payment)).attempt == 2


async def test_more_than_was_said_must_be_accepted(shop: Shop) -> None:
    offer = await make_offer(shop.pool, await make_course(shop.pool))
    payment = await shop.link()
    await shop.rows("update offers set ends_at = %s where id = %s", shop.clock(), offer)
    asked = await shop.begins(payment)
    assert isinstance(asked, Ask)
    assert (asked.due.amount, asked.due.reason, asked.due.is_dearer) == (Decimal("300.00"), Reason.OFFER_OVER, True)
    assert isinstance(await shop.begins(payment, "300.00"), Ask)
    assert isinstance(await shop.begins(payment, "210.00", accepts=True), Ask)
    assert await rows(shop.pool, "checkouts") == []
    assert isinstance(await shop.begins(payment, "300.00", accepts=True), Begun)
    after = await shop.payment(payment.id)
    assert (after.amount, after.said) == (Decimal("300.00"), (Decimal("210.00"), "USD"))


async def test_less_than_was_said_is_simply_given(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    await make_offer(shop.pool, course, percent_off="10")
    begun = await shop.begins(payment)
    assert isinstance(begun, Begun)
    assert begun.checkout.amount == Decimal("270.00")


async def test_a_price_that_rises_while_somebody_looks_is_shown_first(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    await shop.rows("update courses set price = 250 where id = %s", course)
    assert isinstance(await shop.begins(payment, "200.00"), Ask)
    assert isinstance(await shop.begins(payment, "250.00"), Begun)


async def test_another_currency_must_be_accepted_whatever_the_number(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    await shop.rows("update courses set price = 1, currency = 'EUR' where id = %s", course)
    asked = await shop.begins(payment)
    assert isinstance(asked, Ask)
    assert (asked.due.reason, asked.due.is_dearer) == (Reason.CURRENCY, True)


async def test_a_new_price_shuts_the_old_try_before_it_asks_again(shop: Shop, stripe: FakeStripe) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    first = await shop.begun(payment)
    await shop.rows("update courses set price = 250 where id = %s", course)
    second = await shop.begun(payment)
    assert (second.attempt, second.amount) == (2, Decimal("250.00"))
    assert stripe.sessions[str(first.reference)]["status"] == "expired"
    assert (await shop.checkout(first)).status == "expired"


async def test_a_try_that_is_being_paid_is_not_joined_by_another(shop: Shop, stripe: FakeStripe) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    await shop.begun(payment)
    stripe.pays(stripe.newest)
    await shop.rows("update courses set price = 250 where id = %s", course)
    with pytest.raises(PaymentRefusedError):
        await shop.begins(payment)
    assert len(stripe.sessions) == 1


async def test_what_is_paid_gone_or_over_does_not_begin(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    context = await make_context(shop.pool, now=shop.clock())
    lead = await shop.rows("select * from leads where id = %s", payment.lead_id)
    same = replace(context, lead=context.lead.model_copy(update={"id": payment.lead_id, "chat": lead[0]["chat"]}))
    second = await shop.another(same, "turn-2")
    await shop.rows("update courses set is_active = false where id = %s", course)
    assert isinstance(await shop.begins(payment), Unsold)
    await shop.rows("update courses set is_active = true where id = %s", course)
    await shop.pays(await shop.begun(payment))
    assert isinstance(await shop.begins(payment), AlreadyPaid)
    assert isinstance(await shop.begins(second), AlreadyPaid)
    third = await shop.link("turn-3")
    shop.clock.now = third.expires_at
    with pytest.raises(ExpiredLinkError):
        await shop.begins(third)
    await shop.rows("delete from leads where id = %s", third.lead_id)
    with pytest.raises(ForgedLinkError):
        await shop.begins(third)


async def test_many_at_once_get_no_more_places_than_there_are(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payments = [await shop.link(f"turn-{number}") for number in range(12)]
    await make_offer(shop.pool, course, max_claims=3)
    begun = await asyncio.gather(*(shop.begins(payment) for payment in payments))
    amounts = sorted(one.checkout.amount for one in begun if isinstance(one, Begun))
    assert amounts == [Decimal("210.00")] * 3 + [Decimal("300.00")] * 9
    outcomes = await asyncio.gather(*(shop.pays(one.checkout) for one in begun if isinstance(one, Begun)))
    assert len(outcomes) == 12
    [row] = await shop.rows("select count(*) as paid from offer_claims where status = 'paid'")
    assert row["paid"] == 3


async def test_who_began_in_time_may_finish_after_the_offers_end(shop: Shop) -> None:
    offer = await make_offer(shop.pool, await make_course(shop.pool), max_claims=1)
    payment = await shop.link()
    await shop.rows("update offers set ends_at = %s where id = %s", shop.clock() + timedelta(minutes=5), offer)
    checkout = await shop.begun(payment)
    [claim] = await rows(shop.pool, "offer_claims")
    assert claim["reserved_until"] > checkout.expires_at
    shop.clock.move(minutes=20)
    await shop.pays(checkout)
    assert (await shop.payment(payment.id)).amount == Decimal("210.00")


async def test_the_page_is_an_event_once_and_begins_a_wait(shop: Shop) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    for _ in range(3):
        await shop.checkouts.opened(await shop.payment(payment.id))
    await asyncio.gather(*(shop.checkouts.opened(payment) for _ in range(3)))
    assert await shop.events(payment) == ["checkout_opened"]
    planned = await shop.rows("select kind, status from follow_ups where lead_id = %s", payment.lead_id)
    assert planned == [{"kind": "checkout_left", "status": "planned"}]
    await shop.pays(await shop.begun(payment))
    left = await shop.rows("select status, reason from follow_ups where lead_id = %s", payment.lead_id)
    assert left == [{"status": "cancelled", "reason": "paid"}]


class _Restless(SandboxCashier):
    """A cashier whose tries are never over."""

    async def shut(self, reference: str) -> Seen:
        return Seen(TillState.OPEN)

    async def open(self, order: Order) -> Till:
        return Till(f"restless:{order.key}", "http://127.0.0.1:1/till")


async def test_a_till_that_does_not_shut_stops_a_second_one(shop: Shop) -> None:
    course = await make_course(shop.pool)
    shop.cashier = _Restless()
    payment = await shop.link()
    await shop.begun(payment)
    await shop.rows("update courses set price = 250 where id = %s", course)
    with pytest.raises(PaymentRefusedError, match="being paid just now"):
        await shop.begins(payment)


async def test_a_try_with_no_time_left_is_followed_by_another(shop: Shop, stripe: FakeStripe) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    first = await shop.begun(payment)
    shop.clock.now = first.expires_at - timedelta(minutes=1)
    second = await shop.begun(payment)
    assert (second.attempt, stripe.sessions[str(first.reference)]["status"]) == (2, "expired")
    assert second.expires_at - shop.clock() < HOUR
