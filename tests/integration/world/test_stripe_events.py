"""Stripe's events from their signed request to the purchase: through the web app, the store and the webhook desk."""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import HttpUrl

from core.db.pool import Pool
from core.domain.checkouts import Checkout
from core.domain.promises import Payment
from core.integrations.stripe_checkout import StripeCashier
from core.integrations.timestamped_signature import sign
from core.world.stripe_events import StripeEvents
from core.world.webhook_events import WebhookDesk
from tests.deals import make_offer, rows
from tests.fakes.stripe_server import KEY, FakeStripe
from tests.shops import Shop, shop_on
from tests.sites import Reply, Visitor, make_site, visiting
from tests.worlds import make_course

SECRET = "whsec_for_tests"
Event = dict[str, Any]


@dataclass
class Till:
    """A shop with Stripe at its till and a web app that takes its webhooks."""

    shop: Shop
    stripe: FakeStripe
    visitor: Visitor
    payment: Payment
    checkout: Checkout

    async def posts(self, event: Event, late: timedelta = timedelta()) -> Reply:
        body = json.dumps(event).encode()
        header = sign(body, SECRET, self.shop.clock() - late)
        return await self.visitor.posts("/webhooks/stripe", body, {"Stripe-Signature": header})

    async def hears(self, *events: Event) -> None:
        """Post events, and work off what was stored."""
        for event in events:
            assert (await self.posts(event)).status == 200
        await self.works()

    async def works(self) -> None:
        handlers = {"stripe": StripeEvents(self.shop.purchases, self.shop.clock)}
        desk = WebhookDesk(self.shop.pool, handlers, self.shop.clock, lambda: None)
        for row in await self.shop.rows("select id from webhook_events where status = 'pending' order by id"):
            await desk.process(row["id"])

    async def status(self) -> str:
        return (await self.shop.payment(self.payment.id)).status.value

    async def stored(self) -> list[str]:
        return [row["status"] for row in await self.shop.rows("select status from webhook_events order by id")]


@asynccontextmanager
async def till_on(pool: Pool) -> AsyncIterator[Till]:
    async with shop_on(pool) as shop, FakeStripe(clock=shop.clock) as stripe:
        shop.cashier = StripeCashier(KEY, stripe.url)
        await make_offer(pool, await make_course(pool), max_claims=1)
        given: dict[str, Any] = {
            "stripe_api_key": KEY,
            "stripe_webhook_secret": SECRET,
            "stripe_api_url": HttpUrl(stripe.url),
        }
        site = replace(make_site(pool, shop.queue, payment_provider="stripe", **given), clock=shop.clock)
        payment = await shop.link()
        checkout = await shop.begun(payment)
        async with visiting(site) as visitor:
            yield Till(shop, stripe, visitor, payment, checkout)


@pytest.fixture
async def till(empty_database: Pool) -> AsyncIterator[Till]:
    async with till_on(empty_database) as till:
        yield till


async def test_a_signed_event_makes_the_purchase_and_its_copy_nothing(till: Till) -> None:
    event = till.stripe.pays(till.stripe.newest)
    await till.hears(event, event)
    assert (await till.status(), await till.stored()) == ("paid", ["done"])
    assert await till.shop.heard(till.payment) == ["paid"]


async def test_nothing_is_believed_without_a_signature_of_now(till: Till) -> None:
    event = till.stripe.pays(till.stripe.newest)
    assert (await till.posts(event, timedelta(seconds=301))).status == 401
    assert (await till.posts(event, timedelta(seconds=-31))).status == 401
    body = json.dumps(event).encode()
    forged = await till.visitor.posts(
        "/webhooks/stripe", body, {"Stripe-Signature": sign(body, "other", till.shop.clock())}
    )
    assert (forged.status, await till.stored(), await till.status()) == (401, [], "pending")


async def test_completed_is_not_yet_paid(till: Till) -> None:
    await till.hears(till.stripe.promises(till.stripe.newest))
    assert (await till.status(), await till.shop.heard(till.payment)) == ("pending", [])
    till.shop.clock.move(days=2)
    await till.hears(till.stripe.bank_pays(till.stripe.newest))
    assert (await till.status(), await till.shop.heard(till.payment)) == ("paid", ["paid"])


async def test_a_bank_that_refuses_after_days(till: Till) -> None:
    await till.hears(till.stripe.promises(till.stripe.newest), till.stripe.bank_refuses(till.stripe.newest))
    assert (await till.status(), await till.shop.heard(till.payment)) == ("failed", ["failed"])


async def test_a_refund_before_its_payment_ends_as_one_after_it(till: Till) -> None:
    paid, refunded = till.stripe.pays(till.stripe.newest), till.stripe.refunds(till.stripe.newest)
    await till.hears(refunded, paid)
    assert await till.status() == "refunded"
    assert await till.shop.heard(till.payment) == ["refunded"]
    assert (await till.shop.events(till.payment)).count("purchase_completed") == 1


@pytest.mark.parametrize("lie", [{"amount_total": 1}, {"currency": "eur"}, {"amount_total": 21_001}])
async def test_another_amount_is_not_taken_and_the_advisors_know(till: Till, lie: dict[str, Any]) -> None:
    await till.shop.rows("insert into advisors (name, chat) values ('Rosa', '900')")
    event = till.stripe.pays(till.stripe.newest)
    event["data"]["object"] |= lie
    await till.hears(event)
    assert (await till.status(), await till.stored()) == ("pending", ["done"])
    assert len(await till.shop.rows("select 1 from outbox where chat = '900'")) == 1


async def test_a_dispute_is_told_whatever_is_known_of_its_payment(till: Till) -> None:
    await till.shop.rows("insert into advisors (name, chat) values ('Rosa', '900')")
    dispute = till.stripe.disputes(till.stripe.newest)
    await till.hears(
        dispute, till.stripe.pays(till.stripe.newest), till.stripe.event("x", {}), dispute | {"id": "evt_x"}
    )
    told = await till.shop.rows("select channel, message->>'text' as text from outbox where chat = '900' order by id")
    assert [("disputa" in row["text"]) for row in told].count(True) == 1
    assert await till.status() == "paid"


async def test_what_is_not_ours_or_not_known_is_stored_and_left_alone(till: Till) -> None:
    strange = till.stripe.event("customer.created", {"id": "cus_1"})
    others = till.stripe.event("checkout.session.completed", {"id": "cs_9", "payment_status": "paid", "metadata": {}})
    nobody = till.stripe.event(
        "checkout.session.expired", {"id": "cs_9", "metadata": {"payment": "'; drop table payments", "attempt": "1"}}
    )
    await till.hears(strange, others, nobody)
    assert (await till.stored(), await till.status()) == (["ignored"] * 3, "pending")


async def test_an_event_that_lacks_what_it_should_have_is_tried_again_and_stays_to_be_seen(till: Till) -> None:
    await till.posts(
        till.stripe.event("charge.refunded", {"metadata": {"payment": str(till.payment.id), "attempt": "1"}})
    )
    for _ in range(5):
        with pytest.raises(KeyError):
            await till.works()
    await till.works()
    assert (await till.stored(), await till.status()) == (["failed"], "pending")


def _story(till: Till, kinds: tuple[str, ...]) -> list[Event]:
    """Events of one session, told in any order."""
    session, stripe = till.stripe.newest, till.stripe
    made = {
        "paid": lambda: stripe.pays(session),
        "declined": lambda: stripe.is_declined(session),
        "expired": lambda: stripe.event("checkout.session.expired", session),
        "part": lambda: stripe.refunds(session, 5_000),
        "whole": lambda: stripe.refunds(session),
        "dispute": lambda: stripe.disputes(session),
    }
    return [made[kind]() for kind in kinds]


KINDS = ("paid", "declined", "expired", "part", "whole", "dispute")


@given(st.permutations(KINDS), st.lists(st.integers(0, len(KINDS) - 1), max_size=4), st.integers(3, len(KINDS)))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_and_any_copies_end_the_same(
    empty_database: Pool, order: list[str], copies: list[int], many: int
) -> None:
    for table in ("webhook_events", "checkouts", "payments", "offer_claims", "offers", "leads", "courses"):
        async with empty_database.connection() as conn:
            await conn.execute(f"delete from {table}")  # noqa: S608
    async with till_on(empty_database) as till:
        events = _story(till, tuple(order))[:many]
        told = order[:many]
        await till.hears(*events, *(events[place] for place in copies if place < many))
        came = {"paid", "part", "whole"} & set(told)
        expected = (
            "refunded" if "whole" in told else "paid" if came else "link_sent" if "expired" in told else "pending"
        )
        assert await till.status() == expected
        counted = await till.shop.events(till.payment)
        assert counted.count("purchase_completed") == bool(came)
        claims = [row["status"] for row in await rows(till.shop.pool, "offer_claims")]
        assert claims == ["released" if expected == "refunded" else "paid" if came else "reserved"]


async def test_every_order_of_three_ends_the_same(till: Till) -> None:
    """The same events as objects: what was signed in one order is worked off in every other."""
    ends = set()
    for order in itertools.permutations(("paid", "declined", "whole")):
        payment = await till.shop.link(f"turn-{'-'.join(order)}")
        await till.shop.begun(payment)
        await till.hears(*_story(till, order))
        after = await till.shop.payment(payment.id)
        ends.add((after.status.value, after.refunded_amount, tuple(await till.shop.events(payment))))
    assert len(ends) == 1
