import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from core.context import Context
from core.db import offers, payments
from core.db.pool import Pool
from core.domain.tools import ToolResult
from core.integrations.links import LinkSigner
from tests.deals import DAY, HOUR, NOW, make_offer, rows, same_at_once, same_each_time, sell
from tests.worlds import insert, make_context, make_course, make_lead, production_settings, valued
from tools.create_payment_link import CREATE_PAYMENT_LINK, CreatePaymentLinkArguments

_ASKED = CreatePaymentLinkArguments()


async def _context(pool: Pool, **overrides: Any) -> Context:
    return await make_context(pool, now=NOW, **overrides)


async def _call(context: Context, use_offer: bool | None = None) -> ToolResult:
    return await CREATE_PAYMENT_LINK.run(CreatePaymentLinkArguments(use_offer=use_offer), context)


async def test_the_amount_is_the_course_less_the_live_offer(empty_database: Pool) -> None:
    offer_id = await make_offer(
        empty_database, await make_course(empty_database, price="249.00"), percent_off="35", max_claims=5
    )
    context = await _context(empty_database)
    result = await same_each_time(CREATE_PAYMENT_LINK, _ASKED, context)
    [payment] = await rows(empty_database, "payments")
    [claim] = await rows(empty_database, "offer_claims")
    assert (payment["amount"], payment["status"], payment["offer_id"]) == (Decimal("161.85"), "link_sent", offer_id)
    assert (payment["lead_id"], payment["provider"]) == (context.lead.id, "sandbox")
    assert (claim["status"], claim["reserved_until"]) == ("reserved", payment["expires_at"])
    values = valued(result)
    assert values["payment.amount"] == values["offer.price"] == ["161.85"]
    assert values["payment.expires_at"] == ["2026-11-24T12:30-06:00"]
    assert values["offer.ends_at"] == ["2026-12-02T12:30-06:00"]
    assert "offer.seats" not in values
    assert result.missing == ""
    assert [button.url for button in result.buttons] == values["payment.link"]


async def test_four_calls_at_once_make_one_link(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    result = await same_at_once(CREATE_PAYMENT_LINK, _ASKED, await _context(empty_database))
    assert result.missing == ""
    assert len(await rows(empty_database, "payments")) == len(await rows(empty_database, "offer_claims")) == 1


async def test_the_link_opens_its_payment_and_nothing_of_the_lead_is_in_it(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await _context(empty_database)
    [url] = valued(await _call(context))["payment.link"]
    [payment] = await rows(empty_database, "payments")
    token = url.removeprefix("http://127.0.0.1:8080/pagar/")
    async with empty_database.connection() as conn:
        assert (await payments.open_link(conn, token, context.links, NOW)).id == payment["id"]
    assert context.lead.id.hex not in url.replace("-", "")


async def test_a_turn_that_is_run_again_later_sends_the_same_link(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=1, ends_at=NOW + DAY)
    context = await _context(empty_database)
    first = await _call(context)
    other = await make_lead(empty_database, NOW)
    async with empty_database.connection() as conn:
        await conn.execute("update offer_claims set lead_id = %s, status = 'paid'", (other.id,))
    later = NOW + 2 * DAY
    links = LinkSigner(secret="s" * 32, base="http://127.0.0.1:8080", clock=lambda: later)
    assert await _call(replace(context, now=later, links=links)) == first
    assert offer_id == (await rows(empty_database, "payments"))[0]["offer_id"]


async def test_a_link_lasts_no_longer_than_the_offer(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database), ends_at=NOW + HOUR)
    assert valued(await _call(await _context(empty_database)))["payment.expires_at"] == ["2026-11-22T13:30-06:00"]


async def test_another_link_lasts_no_longer_than_the_place_that_is_held(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    context = await _context(empty_database)
    first = await _call(context)
    second = await _call(replace(context, turn_id="turn-2", now=NOW + HOUR))
    assert valued(first)["payment.expires_at"] == valued(second)["payment.expires_at"]
    assert valued(first)["payment.link"] != valued(second)["payment.link"]
    assert len(await rows(empty_database, "payments")) == 2


@pytest.mark.parametrize("use_offer", [None, True])
async def test_when_the_places_are_gone_the_full_price_is_asked_and_it_is_said(
    empty_database: Pool, use_offer: bool | None
) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    await sell(empty_database, offer_id, (await make_lead(empty_database, NOW)).id)
    arguments = CreatePaymentLinkArguments(use_offer=use_offer)
    result = await same_each_time(CREATE_PAYMENT_LINK, arguments, await _context(empty_database))
    assert (result.missing, valued(result)["payment.amount"]) == ("offer_gone", ["300.00"])
    assert not any(fact.key.startswith("offer.") for fact in result.facts)
    assert len(await rows(empty_database, "payments")) == 1


async def test_places_that_others_hold_are_gone_until_their_time_is_over(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    assert (await _call(await _context(empty_database))).missing == ""
    other = await _context(empty_database, turn_id="turn-2")
    assert (await _call(other)).missing == "offer_gone"
    later = replace(other, turn_id="turn-3", now=NOW + 48 * HOUR)
    assert valued(await _call(later))["payment.amount"] == ["210.00"]


async def test_the_next_best_offer_with_a_place_is_used(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    best = await make_offer(empty_database, course_id, percent_off="50", max_claims=1)
    await make_offer(empty_database, course_id, percent_off="10")
    await sell(empty_database, best, (await make_lead(empty_database, NOW)).id)
    result = await _call(await _context(empty_database))
    assert (result.missing, valued(result)["offer.percent"]) == ("", ["10"])


@pytest.mark.parametrize(
    ("use_offer", "ends_at", "missing"),
    [(None, NOW, ""), (True, NOW, "offer_gone"), (False, NOW, ""), (False, NOW + DAY, "")],
)
async def test_the_full_price_without_a_live_or_wanted_offer(
    empty_database: Pool, use_offer: bool | None, ends_at: datetime, missing: str
) -> None:
    await make_offer(empty_database, await make_course(empty_database), starts_at=NOW - 2 * DAY, ends_at=ends_at)
    result = await _call(await _context(empty_database), use_offer)
    assert (result.missing, valued(result)["payment.amount"]) == (missing, ["300.00"])
    assert await rows(empty_database, "offer_claims") == []


async def test_many_leads_at_once_get_no_more_discounts_than_there_are_places(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database), max_claims=3)
    contexts = [await _context(empty_database, turn_id=f"turn-{number}") for number in range(20)]
    results = await asyncio.gather(*(_call(context) for context in contexts))
    amounts = sorted(valued(result)["payment.amount"][0] for result in results)
    assert amounts == ["210.00"] * 3 + ["300.00"] * 17
    assert sum(result.missing == "offer_gone" for result in results) == 17


async def test_nobody_is_asked_to_pay_twice(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await _context(empty_database)
    first = await _call(context)
    async with empty_database.connection() as conn:
        await conn.execute("update payments set status = 'paid', paid_at = %s", (NOW,))
    again = await _call(replace(context, turn_id="turn-2"))
    assert (again.missing, again.facts, again.buttons) == ("already_paid", (), ())
    assert await _call(context) == first


async def test_who_was_paid_back_may_buy_again_in_the_place_they_had(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=2)
    context = await _context(empty_database)
    await _call(context)
    async with empty_database.connection() as conn:
        await offers.settle(conn, offer_id, context.lead.id)
        await conn.execute("update payments set status = 'refunded', paid_at = %s", (NOW,))
    again = valued(await _call(replace(context, turn_id="turn-2", now=NOW + 9 * DAY)))
    assert (again["payment.amount"], again["payment.expires_at"]) == (["210.00"], ["2026-12-02T12:30-06:00"])
    assert len(await rows(empty_database, "offer_claims")) == 1


async def test_what_is_not_sold_cannot_be_paid(empty_database: Pool) -> None:
    nothing = await _context(empty_database)
    assert (await _call(nothing)).missing == "no_course"
    sample = await make_course(empty_database, is_sample=True)
    real = replace(nothing, course_id=sample, settings=production_settings())
    assert (await _call(real)).missing == "unknown_course"
    assert await rows(empty_database, "payments") == []


async def test_a_price_that_changed_holds_from_now_on(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await _context(empty_database)
    await _call(context)
    async with empty_database.connection() as conn:
        await conn.execute("update courses set price = 400")
    assert valued(await _call(context))["payment.amount"] == ["300.00"]
    assert valued(await _call(replace(context, turn_id="turn-2")))["payment.amount"] == ["400.00"]


@pytest.mark.parametrize("arguments", [{"amount": 1}, {"use_offer": "'; drop table payments; --"}, {"percent": 99}])
def test_a_model_cannot_name_a_price(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CreatePaymentLinkArguments.model_validate(arguments)


async def test_a_hostile_turn_id_and_reference_are_data(empty_database: Pool) -> None:
    await make_course(empty_database)
    context = await _context(empty_database, turn_id="'); drop table payments; -- %s {x} ñ🙂")
    await insert(
        empty_database,
        "payments",
        {
            "course_id": context.course_id,
            "turn_id": "other",
            "provider": "sandbox",
            "amount": "1",
            "currency": "USD",
            "created_at": NOW,
            "expires_at": NOW + timedelta(hours=1),
            "key": "other",
        },
    )
    await same_each_time(CREATE_PAYMENT_LINK, _ASKED, context)
    assert {row["turn_id"] for row in await rows(empty_database, "payments")} == {"other", context.turn_id}
