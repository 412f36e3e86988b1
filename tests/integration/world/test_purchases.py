"""What becomes of a payment, in whatever order and however often the news come."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.pool import Pool
from core.domain.checkouts import Charge, Checkout
from core.domain.promises import Payment, PaymentStatus
from core.world.purchases import Outcome
from tests.deals import DAY, HOUR, make_offer, rows
from tests.shops import Shop, shop_on
from tests.worlds import make_course


@pytest.fixture
async def shop(empty_database: Pool) -> AsyncIterator[Shop]:
    async with shop_on(empty_database) as shop:
        yield shop


async def _begun(shop: Shop, **offer: Any) -> tuple[Payment, Checkout]:
    """A person who has begun to pay, on an offer if one is given."""
    course = await make_course(shop.pool)
    if offer:
        await make_offer(shop.pool, course, **offer)
    payment = await shop.link()
    return payment, await shop.begun(payment)


async def test_money_that_came_makes_a_purchase_and_everybody_hears_of_it_once(shop: Shop) -> None:
    payment, checkout = await _begun(shop, max_claims=2)
    assert [await shop.pays(checkout) for _ in range(3)] == [Outcome.PAID, Outcome.KNOWN, Outcome.KNOWN]
    paid = await shop.payment(payment.id)
    assert (paid.status, paid.amount, paid.provider_reference) == ("paid", Decimal("210.00"), f"money-{checkout.id}")
    assert await shop.heard(payment) == ["paid"]
    assert (await shop.events(payment)).count("purchase_completed") == 1
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["paid"]
    told = await rows(shop.pool, "outbox")
    assert sorted(row["channel"] for row in told if row["channel"] in ("email", "crm")) == ["crm", "email"]


async def test_a_purchase_is_counted_once_a_lead_even_if_they_buy_twice(shop: Shop) -> None:
    payment, checkout = await _begun(shop)
    await shop.pays(checkout)
    await shop.refunds(checkout)
    context_rows = await shop.rows("select lead_id from payments")
    second = await shop.rows(
        "insert into payments (lead_id, course_id, turn_id, provider, amount, currency, created_at, expires_at, key) "
        "select lead_id, course_id, 'later', provider, amount, currency, created_at, expires_at, 'later' from payments "
        "returning id"
    )
    assert context_rows[0]["lead_id"] == payment.lead_id
    again = await shop.begun(await shop.payment(second[0]["id"]))
    assert await shop.pays(again) is Outcome.PAID
    assert (await shop.events(payment)).count("purchase_completed") == 1


@pytest.mark.parametrize(
    "charge", [Charge(29_999, "USD"), Charge(30_000, "EUR"), Charge(1, "USD"), Charge(300_000, "USD")]
)
async def test_what_does_not_fit_is_not_taken_as_paid(shop: Shop, charge: Charge) -> None:
    await shop.rows("insert into advisors (name, chat) values ('Rosa', '900')")
    payment, checkout = await _begun(shop)
    assert await shop.pays(checkout, charge=charge) is Outcome.MISMATCH
    assert (await shop.payment(payment.id)).status is PaymentStatus.PENDING
    assert (await shop.heard(payment), "purchase_completed" in await shop.events(payment)) == ([], False)
    [notice] = await shop.rows("select message->>'text' as text from outbox where chat = '900'")
    assert "No se dio por pagado" in notice["text"]


async def test_money_that_comes_twice_is_told_to_the_advisors_and_changes_nothing(shop: Shop) -> None:
    await shop.rows("insert into advisors (name, chat) values ('Rosa', '900')")
    payment, checkout = await _begun(shop)
    await shop.pays(checkout)
    before = await shop.payment(payment.id)
    assert await shop.pays(checkout, reference="another") is Outcome.TWICE
    assert await shop.refunds(checkout, reference="another") is Outcome.TWICE
    assert await shop.payment(payment.id) == before
    assert await shop.heard(payment) == ["paid"]
    texts = await shop.rows("select message->>'text' as text from outbox where chat = '900' order by id")
    assert "another" in texts[-1]["text"]


async def test_part_of_the_money_back_leaves_a_customer_and_all_of_it_does_not(shop: Shop) -> None:
    payment, checkout = await _begun(shop, max_claims=1)
    await shop.pays(checkout)
    assert await shop.refunds(checkout, 5_000) is Outcome.REFUNDED
    part = await shop.payment(payment.id)
    assert (part.status, part.refunded_amount) == ("paid", Decimal("50.00"))
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["paid"]
    assert await shop.refunds(checkout, 5_000) is Outcome.KNOWN
    assert await shop.refunds(checkout) is Outcome.REFUNDED
    whole = await shop.payment(payment.id)
    assert (whole.status, whole.refunded_amount) == ("refunded", Decimal("210.00"))
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["released"]
    assert await shop.heard(payment) == ["paid", "refunded", "refunded"]
    events = await shop.events(payment)
    assert (events.count("purchase_completed"), events.count("purchase_refunded")) == (1, 1)


async def test_a_failure_is_told_once_and_a_payment_after_it_counts(shop: Shop) -> None:
    payment, checkout = await _begun(shop)
    assert await shop.fails(checkout) is Outcome.FAILED
    assert await shop.fails(checkout) is Outcome.KNOWN
    failed = await shop.payment(payment.id)
    assert (failed.status, failed.failure) == ("failed", "card_declined")
    again = await shop.begun(failed)
    assert (again.attempt, (await shop.payment(payment.id)).status) == (2, "pending")
    assert await shop.fails(checkout) is Outcome.KNOWN
    assert await shop.expires(checkout) is Outcome.KNOWN
    assert (await shop.payment(payment.id)).status is PaymentStatus.PENDING
    assert await shop.pays(again) is Outcome.PAID
    assert await shop.heard(payment) == ["failed", "paid"]


async def test_a_declined_card_leaves_the_try_open(shop: Shop) -> None:
    payment, checkout = await _begun(shop)
    assert await shop.fails(checkout, final=False) is Outcome.FAILED
    assert (await shop.checkout(checkout)).status == "open"
    assert (await shop.payment(payment.id)).status is PaymentStatus.PENDING
    await shop.fails(checkout, final=False)
    assert await shop.heard(payment) == ["failed"]


async def test_a_try_that_ran_out_leaves_the_link_good_and_its_place_kept(shop: Shop) -> None:
    payment, checkout = await _begun(shop, max_claims=1)
    assert await shop.expires(checkout) is Outcome.EXPIRED
    assert (await shop.payment(payment.id)).status is PaymentStatus.LINK_SENT
    [claim] = await rows(shop.pool, "offer_claims")
    assert (claim["status"], claim["reserved_until"]) == ("reserved", payment.expires_at)
    assert await shop.heard(payment) == []


async def test_a_try_that_outlives_its_link_frees_its_place(shop: Shop) -> None:
    payment, checkout = await _begun(shop, max_claims=1)
    shop.clock.now = payment.expires_at + HOUR
    await shop.expires(checkout)
    assert (await shop.payment(payment.id)).status is PaymentStatus.EXPIRED
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["released"]
    assert await shop.pays(checkout) is Outcome.PAID
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["paid"]


async def test_a_bank_that_takes_days_keeps_the_place(shop: Shop) -> None:
    _, checkout = await _begun(shop, max_claims=1)
    await shop.waits(checkout)
    shop.clock.move(days=3)
    assert (await shop.link("turn-2")).offer_id is None
    assert await shop.pays(checkout) is Outcome.PAID


async def test_whoever_was_erased_leaves_the_books_right_and_hears_nothing(shop: Shop) -> None:
    payment, checkout = await _begun(shop, max_claims=1)
    await shop.rows("delete from leads where id = %s", payment.lead_id)
    assert await shop.pays(checkout) is Outcome.PAID
    assert (await shop.payment(payment.id)).status is PaymentStatus.PAID
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["paid"]
    assert await shop.refunds(checkout) is Outcome.REFUNDED
    assert [row["status"] for row in await rows(shop.pool, "offer_claims")] == ["released"]
    assert await rows(shop.pool, "inbox") == []


async def test_news_of_a_payment_that_is_not_here_change_nothing(shop: Shop) -> None:
    payment, checkout = await _begun(shop)
    await shop.rows("delete from checkouts")
    await shop.rows("delete from payments")
    assert await shop.pays(checkout) is Outcome.UNKNOWN
    assert await shop.refunds(checkout) is Outcome.UNKNOWN
    assert await shop.fails(checkout) is Outcome.UNKNOWN
    assert await shop.expires(checkout) is Outcome.UNKNOWN
    assert await shop.waits(checkout) is Outcome.UNKNOWN
    assert await shop.heard(payment) == []


async def test_the_same_news_at_once_have_one_effect(shop: Shop) -> None:
    payment, checkout = await _begun(shop, max_claims=1)
    outcomes = await asyncio.gather(*(shop.pays(checkout) for _ in range(6)), *(shop.fails(checkout) for _ in range(3)))
    assert outcomes.count(Outcome.PAID) == 1
    assert (await shop.payment(payment.id)).status is PaymentStatus.PAID
    assert (await shop.events(payment)).count("purchase_completed") == 1
    assert (await shop.heard(payment)).count("paid") == 1


NEWS = ("paid", "declined", "failed", "expired", "waiting", "part", "whole", "opened again")


async def _tell(shop: Shop, payment: Payment, checkout: Checkout, news: str) -> None:
    match news:
        case "paid":
            await shop.pays(checkout)
        case "declined" | "failed":
            await shop.fails(checkout, final=news == "failed")
        case "expired":
            await shop.expires(checkout)
        case "waiting":
            await shop.waits(checkout)
        case "part" | "whole":
            await shop.refunds(checkout, 4_000 if news == "part" else None)
        case _:
            shop.clock.move(minutes=1)


async def _state(shop: Shop, payment: Payment, checkout: Checkout) -> dict[str, Any]:
    """Everything that must not depend on the order of the news."""
    now, last = await shop.payment(payment.id), await shop.checkout(checkout)
    [claim] = await rows(shop.pool, "offer_claims")
    counted = [kind for kind in await shop.events(payment) if kind.startswith("purchase_")]
    return {
        "status": now.status.value,
        "amount": now.amount,
        "refunded": now.refunded_amount,
        "reference": now.provider_reference,
        "checkout": last.status.value,
        "claim": claim["status"],
        "counted": counted,
    }


def _expected(news: list[str], reference: str) -> dict[str, Any]:
    """The plain model: the furthest that any of the news says."""
    told, back = set(news), {"part": Decimal("40.00"), "whole": Decimal("210.00")}
    came = bool(told & {"paid", "part", "whole"})
    refunded = max((back[each] for each in told if each in back), default=Decimal(0))
    whole = refunded == Decimal("210.00")
    over = "failed" if "failed" in told else "expired" if "expired" in told else "open"
    unpaid = {"failed": "failed", "expired": "link_sent", "open": "pending"}[over]
    return {
        "status": ("refunded" if whole else "paid") if came else unpaid,
        "amount": Decimal("210.00"),
        "refunded": refunded,
        "reference": reference if came else None,
        "checkout": "paid" if came else over,
        "claim": ("released" if whole else "paid") if came else "reserved",
        "counted": ["purchase_completed"] * came + ["purchase_refunded"] * (refunded > 0),
    }


@given(st.lists(st.sampled_from(NEWS), min_size=1, max_size=10))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_of_the_same_news_ends_in_the_same_state(empty_database: Pool, news: list[str]) -> None:
    async with shop_on(empty_database) as shop:
        for table in ("checkouts", "payments", "offer_claims", "offers", "leads", "courses"):
            await shop.rows(f"delete from {table}")  # noqa: S608
        payment, checkout = await _begun(shop, max_claims=1)
        for each in news:
            await _tell(shop, payment, checkout, each)
        assert await _state(shop, payment, checkout) == _expected(news, f"money-{checkout.id}")
        heard = await shop.heard(payment)
        assert all(heard.count(action) <= 1 for action in ("paid", "failed"))
        assert heard.count("refunded") <= 2


async def test_a_place_that_is_paid_is_never_free_again_by_time(shop: Shop) -> None:
    _, checkout = await _begun(shop, max_claims=1)
    await shop.pays(checkout)
    shop.clock.now += DAY
    assert (await shop.link("turn-2")).offer_id is None


async def test_money_that_went_back_is_written_of_by_e_mail_to_whom_the_receipt_went(shop: Shop) -> None:
    payment, checkout = await _begun(shop)
    await shop.pays(checkout)
    for units in (5_000, 5_000, None):
        await shop.refunds(checkout, units)
    letters = await shop.rows(
        "select message->>'template' as template, message->'variables' as given, lead_id from outbox "
        "where channel = 'email' order by id"
    )
    assert [row["template"] for row in letters] == ["receipt", "refund", "refund"]
    assert {row["lead_id"] for row in letters} == {payment.lead_id}
    assert all(row["given"] == {"payment": str(payment.id), "to": "ana@example.org"} for row in letters)


@pytest.mark.parametrize("places", [1, 2])
async def test_a_late_payment_that_exceeds_the_places_is_honoured_and_the_advisors_are_told(
    shop: Shop, places: int
) -> None:
    await shop.rows("insert into advisors (name, chat) values ('Rosa', '900')")
    late, first = await _begun(shop, max_claims=places, ends_at=shop.clock() + 30 * DAY)
    await shop.rows("update offer_claims set status = 'released', reserved_until = null")
    second = await shop.begun(await shop.link("turn-2"))
    assert await shop.pays(second) is Outcome.PAID
    assert await shop.pays(first) is Outcome.PAID
    assert (await shop.payment(late.id)).amount == first.amount
    told = await shop.rows("select message->>'text' as text from outbox where chat = '900' order by id")
    exceeded = [row["text"] for row in told if "lugares pagados" in row["text"]]
    assert len(exceeded) == (1 if places == 1 else 0)
    assert all("hay 2 lugares pagados" in text and "que es para 1" in text for text in exceeded)
