from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.db.pool import Pool
from core.domain.evidence import FactKind
from tests.deals import DAY, NOW, make_offer, same_each_time, sell
from tests.worlds import make_context, make_course, make_lead, production_settings, sources, valued
from tools.present_offer import PRESENT_OFFER, PresentOfferArguments

_ASKED = PresentOfferArguments()


async def test_the_facts_of_the_live_offer(empty_database: Pool) -> None:
    course_id = await make_course(empty_database, price="249.00")
    offer_id = await make_offer(empty_database, course_id, percent_off="35", max_claims=5)
    await sell(empty_database, offer_id, (await make_lead(empty_database, NOW)).id)
    context = await make_context(empty_database, now=NOW, course_id=course_id)
    result = await same_each_time(PRESENT_OFFER, _ASKED, context)
    assert valued(result) == {
        "offer.name": ["Semana de noviembre"],
        "offer.percent": ["35"],
        "offer.price": ["161.85"],
        "offer.saving": ["87.15"],
        "offer.ends_at": ["2026-12-02T12:30-06:00"],
        "offer.seats": ["4"],
    }
    assert {fact.source for fact in result.facts} == {f"offers:{offer_id}"}
    units = {fact.kind: fact.unit for fact in result.facts}
    assert (units[FactKind.MONEY], units[FactKind.PERCENT], units[FactKind.SEATS]) == ("USD", "%", "places")


async def test_an_offer_without_a_limit_names_no_seats(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database))
    context = await make_context(empty_database, now=NOW)
    assert "offer.seats" not in valued(await PRESENT_OFFER.run(_ASKED, context))


async def test_the_end_is_told_on_the_clock_of_the_person(empty_database: Pool) -> None:
    await make_offer(empty_database, await make_course(empty_database))
    context = await make_context(empty_database, now=NOW)
    there = replace(context, lead=context.lead.model_copy(update={"timezone": "Europe/Madrid"}))
    assert valued(await PRESENT_OFFER.run(_ASKED, there))["offer.ends_at"] == ["2026-12-02T19:30+01:00"]


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": NOW - 2 * DAY, "ends_at": NOW},
        {"starts_at": NOW + timedelta(seconds=1)},
        {"approved_by": None, "approved_at": None},
        {"kind": "bonus", "bonus": "Mentoría"},
    ],
    ids=["over", "not begun", "unapproved", "bonus"],
)
async def test_what_is_not_live_is_not_presented(empty_database: Pool, fields: dict[str, Any]) -> None:
    await make_offer(empty_database, await make_course(empty_database), **fields)
    result = await PRESENT_OFFER.run(_ASKED, await make_context(empty_database, now=NOW))
    assert (result.missing, result.facts) == ("no_live_offer", ())


async def test_what_is_sold_out_is_not_presented(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    await sell(empty_database, offer_id, (await make_lead(empty_database, NOW)).id)
    assert (await PRESENT_OFFER.run(_ASKED, await make_context(empty_database, now=NOW))).missing == "no_live_offer"


async def test_a_sample_says_so_and_hides_from_a_real_database(database: Pool) -> None:
    context = await make_context(database, now=NOW)
    assert context.course_id is not None
    offer_id = await make_offer(database, context.course_id, percent_off="99", is_sample=True)
    assert sources(await PRESENT_OFFER.run(_ASKED, context), "sample") == [f"offers:{offer_id}"]
    real = replace(context, settings=production_settings())
    assert (await PRESENT_OFFER.run(_ASKED, real)).missing == "no_live_offer"


async def test_without_a_course_there_is_nothing_to_present(empty_database: Pool) -> None:
    assert (await PRESENT_OFFER.run(_ASKED, await make_context(empty_database, now=NOW))).missing == "no_course"
