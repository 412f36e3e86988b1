"""What a payment costs at a moment, and why that is not what was said."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from core.db.pool import Pool
from core.domain.checkouts import Due, Reason
from core.domain.promises import Payment
from core.world import prices
from tests.deals import DAY, make_offer, sell
from tests.shops import Shop, shop_on
from tests.worlds import make_course, make_lead


@pytest.fixture
async def shop(empty_database: Pool) -> AsyncIterator[Shop]:
    async with shop_on(empty_database) as shop:
        yield shop


async def _due(shop: Shop, payment: Payment, samples: bool = True) -> Due | None:
    async with shop.pool.connection() as conn:
        return await prices.due(conn, payment, shop.clock(), samples)


async def _costs(shop: Shop, payment: Payment) -> tuple[str, str, bool]:
    due = await _due(shop, payment)
    assert due is not None
    return str(due.amount), due.reason.value, due.is_dearer


async def test_what_holds_is_what_was_said(shop: Shop) -> None:
    await make_offer(shop.pool, await make_course(shop.pool), max_claims=1)
    assert await _costs(shop, await shop.link()) == ("210.00", "", False)


@pytest.mark.parametrize(
    ("change", "costs"),
    [
        ("update offers set ends_at = now()", ("300.00", Reason.OFFER_OVER, True)),
        ("update offers set approved_by = null, approved_at = null", ("300.00", Reason.OFFER_OVER, True)),
        ("update offers set percent_off = 20", ("240.00", Reason.PRICE, True)),
        ("update offers set percent_off = 40", ("180.00", Reason.PRICE, False)),
        ("update courses set price = 400", ("280.00", Reason.PRICE, True)),
        ("update courses set price = 100", ("70.00", Reason.PRICE, False)),
        ("update courses set currency = 'EUR'", ("210.00", Reason.CURRENCY, True)),
    ],
)
async def test_every_change_has_its_reason(shop: Shop, change: str, costs: tuple[str, str, bool]) -> None:
    await make_offer(shop.pool, await make_course(shop.pool), ends_at=shop.clock() + DAY)
    payment = await shop.link()
    await shop.rows(change.replace("now()", f"'{shop.clock().isoformat()}'"))
    assert await _costs(shop, payment) == costs


async def test_a_place_that_somebody_else_has_is_a_reason_of_its_own(shop: Shop) -> None:
    offer = await make_offer(shop.pool, await make_course(shop.pool), max_claims=1)
    payment = await shop.link()
    await shop.rows("delete from offer_claims")
    await sell(shop.pool, offer, (await make_lead(shop.pool, shop.clock())).id)
    assert await _costs(shop, payment) == ("300.00", "offer_full", True)


async def test_a_better_offer_is_given(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    await make_offer(shop.pool, course, percent_off="10")
    best = await make_offer(shop.pool, course, percent_off="40")
    due = await _due(shop, payment)
    assert due is not None and due.offer is not None
    assert (due.offer.id, due.amount, due.reason) == (best, Decimal("180.00"), Reason.OFFER_BETTER)


async def test_looking_holds_no_place(shop: Shop) -> None:
    course = await make_course(shop.pool)
    payment = await shop.link()
    await make_offer(shop.pool, course, max_claims=1)
    for _ in range(3):
        await _due(shop, payment)
    assert await shop.rows("select * from offer_claims") == []


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_sample": True}])
async def test_what_is_not_sold_costs_nothing(shop: Shop, fields: dict[str, Any]) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    [(name, value)] = fields.items()
    await shop.rows(f"update courses set {name} = %s", value)  # noqa: S608
    assert await _due(shop, payment, samples=False) is None


async def test_what_was_paid_by_another_link_is_known(shop: Shop) -> None:
    await make_course(shop.pool)
    payment = await shop.link()
    await shop.pays(await shop.begun(payment))
    again = payment.model_copy(update={"id": (await shop.link("turn-2")).id})
    due = await _due(shop, again)
    assert due is not None and due.already_paid
