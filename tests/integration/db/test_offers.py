import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import offers
from core.db.pool import Connection, Pool
from core.domain.offers import Claim, ClaimStatus, OfferKind
from core.errors import OfferError
from tests.deals import DAY, HOUR, NOW, make_offer, rows, sell
from tests.worlds import make_course, make_lead


async def _leads(pool: Pool, number: int) -> list[UUID]:
    return [(await make_lead(pool, NOW)).id for _ in range(number)]


async def _try_claim(
    pool: Pool, offer_id: int, lead_id: UUID, now: datetime = NOW, hold: timedelta = HOUR
) -> Claim | None:
    async with pool.connection() as conn:
        try:
            return await offers.claim(conn, offer_id, lead_id, now, hold)
        except OfferError:
            return None


async def _live(pool: Pool, course_id: int, samples: bool = True) -> list[int]:
    async with pool.connection() as conn:
        return [offer.id for offer in await offers.live(conn, course_id, OfferKind.DISCOUNT, NOW, samples)]


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": NOW - 2 * DAY, "ends_at": NOW},
        {"starts_at": NOW + timedelta(seconds=1)},
        {"approved_by": None, "approved_at": None},
        {"approved_at": NOW + timedelta(seconds=1)},
        {"kind": "bonus", "bonus": "Mentoría"},
    ],
    ids=["over", "not begun", "unapproved", "approved later", "bonus"],
)
async def test_only_what_is_live_is_found_and_can_be_claimed(empty_database: Pool, fields: dict[str, Any]) -> None:
    course_id = await make_course(empty_database)
    offer_id = await make_offer(empty_database, course_id, **fields)
    assert await _live(empty_database, course_id) == []
    [lead_id] = await _leads(empty_database, 1)
    if fields.get("kind") != "bonus":
        assert await _try_claim(empty_database, offer_id, lead_id) is None


async def test_an_offer_lives_from_its_first_moment(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    offer_id = await make_offer(empty_database, course_id, starts_at=NOW, ends_at=NOW + timedelta(seconds=1))
    assert await _live(empty_database, course_id) == [offer_id]


async def test_the_best_discount_comes_first_and_other_courses_stay_out(empty_database: Pool) -> None:
    course_id, other = await make_course(empty_database), await make_course(empty_database)
    small = await make_offer(empty_database, course_id, percent_off="10")
    late = await make_offer(empty_database, course_id, percent_off="40", ends_at=NOW + 9 * DAY)
    soon = await make_offer(empty_database, course_id, percent_off="40", ends_at=NOW + 8 * DAY)
    await make_offer(empty_database, other)
    assert await _live(empty_database, course_id) == [soon, late, small]


@pytest.mark.parametrize(("course", "offer"), [(True, False), (False, True)])
async def test_samples_are_invisible_to_a_real_database(empty_database: Pool, course: bool, offer: bool) -> None:
    course_id = await make_course(empty_database, is_sample=course)
    offer_id = await make_offer(empty_database, course_id, is_sample=offer)
    assert await _live(empty_database, course_id, samples=False) == []
    assert await _live(empty_database, course_id, samples=True) == [offer_id]


async def test_a_course_that_is_not_sold_has_no_offer(empty_database: Pool) -> None:
    course_id = await make_course(empty_database, is_active=False)
    await make_offer(empty_database, course_id)
    assert await _live(empty_database, course_id) == []


async def test_places_are_counted_from_paid_sales_even_of_an_erased_buyer(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    offer_id = await make_offer(empty_database, course_id, max_claims=2)
    reserved, first, second, late = await _leads(empty_database, 4)
    assert await _try_claim(empty_database, offer_id, reserved)
    await sell(empty_database, offer_id, first)
    assert await _live(empty_database, course_id) == [offer_id]
    await sell(empty_database, offer_id, second)
    assert await _live(empty_database, course_id) == []
    async with empty_database.connection() as conn:
        await conn.execute("delete from leads where id = %s", (first,))
    assert await _live(empty_database, course_id) == []
    assert await _try_claim(empty_database, offer_id, late, now=NOW + DAY) is None


async def test_fifty_leads_at_once_get_five_places(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    offer_id = await make_offer(empty_database, course_id, max_claims=5)
    leads = await _leads(empty_database, 50)
    claims = await asyncio.gather(*(_try_claim(empty_database, offer_id, lead_id) for lead_id in leads))
    assert sum(claim is not None for claim in claims) == 5
    assert len(await rows(empty_database, "offer_claims")) == 5


async def test_one_lead_at_once_gets_one_place(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=5)
    [lead_id] = await _leads(empty_database, 1)
    claims = await asyncio.gather(*(_try_claim(empty_database, offer_id, lead_id) for _ in range(20)))
    assert len({claim.id for claim in claims if claim}) == 1
    assert None not in claims
    assert len(await rows(empty_database, "offer_claims")) == 1


async def test_a_second_claim_is_the_same_and_lasts_no_longer(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    [lead_id] = await _leads(empty_database, 1)
    first = await _try_claim(empty_database, offer_id, lead_id)
    assert first is not None
    assert await _try_claim(empty_database, offer_id, lead_id, now=NOW + HOUR / 2) == first


async def test_a_place_is_never_held_beyond_the_offer(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), ends_at=NOW + HOUR)
    [lead_id] = await _leads(empty_database, 1)
    claim = await _try_claim(empty_database, offer_id, lead_id, hold=2 * DAY)
    assert claim is not None
    assert claim.reserved_until == NOW + HOUR
    assert await _try_claim(empty_database, offer_id, lead_id, now=NOW + HOUR) is None


async def test_a_reservation_that_ran_out_frees_its_place(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    first, second = await _leads(empty_database, 2)
    assert await _try_claim(empty_database, offer_id, first)
    assert await _try_claim(empty_database, offer_id, second, now=NOW + HOUR - timedelta(seconds=1)) is None
    assert await _try_claim(empty_database, offer_id, second, now=NOW + HOUR)
    assert await _try_claim(empty_database, offer_id, first, now=NOW + HOUR) is None


async def test_a_payment_under_way_is_honoured_and_one_without_a_claim_is_not(empty_database: Pool) -> None:
    offer_id = await make_offer(empty_database, await make_course(empty_database), max_claims=1)
    buyer, stranger = await _leads(empty_database, 2)
    await _try_claim(empty_database, offer_id, buyer)
    async with empty_database.connection() as conn:
        assert (await offers.settle(conn, offer_id, buyer)).status is ClaimStatus.PAID
        assert (await offers.settle(conn, offer_id, buyer)).status is ClaimStatus.PAID
        assert not await offers.release(conn, offer_id, buyer)
        with pytest.raises(OfferError, match="claim one first"):
            await offers.settle(conn, offer_id, stranger)
        with pytest.raises(OfferError, match="no offer 999"):
            await offers.claim(conn, 999, stranger, NOW, HOUR)
    paid = await _try_claim(empty_database, offer_id, buyer, now=NOW + 30 * DAY)
    assert paid is not None
    assert paid.status is ClaimStatus.PAID


@dataclass
class _Model:
    """What the claims should be, in the plainest words: who holds a place until when, and who paid."""

    places: int
    now: datetime = NOW
    ends_at: datetime = NOW + 10 * DAY
    held: dict[int, datetime] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    paid: set[int] = field(default_factory=set)

    def holding(self) -> set[int]:
        return self.paid | {who for who, until in self.held.items() if until > self.now}

    def claim(self, who: int) -> bool:
        if who in self.holding():
            return True
        if len(self.holding()) >= self.places or self.now >= self.ends_at:
            return False
        self.held[who] = min(self.now + HOUR, self.ends_at)
        self.known.add(who)
        return True

    def settle(self, who: int) -> bool:
        self.paid |= {who} & self.known
        return who in self.known

    def release(self, who: int) -> None:
        self.held.pop(who, None)


_WHO = st.integers(0, 4)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["claim", "claim", "settle", "release"]), _WHO),
        st.tuples(st.just("wait"), st.sampled_from([20, 40, 70, 60 * 24 * 10])),
    ),
    max_size=30,
)


async def _step(conn: Connection, offer_id: int, leads: list[UUID], model: _Model, step: tuple[str, int]) -> None:
    """Do one thing to the database and to the model; both must agree on whether it can be done."""
    action, value = step
    if action == "wait":
        model.now += timedelta(minutes=value)
    elif action == "release":
        model.release(value)
        await offers.release(conn, offer_id, leads[value])
    else:
        done = model.claim(value) if action == "claim" else model.settle(value)
        try:
            if action == "claim":
                await offers.claim(conn, offer_id, leads[value], model.now, HOUR)
            else:
                await offers.settle(conn, offer_id, leads[value])
        except OfferError:
            assert not done, step
        else:
            assert done, step


@given(places=st.integers(1, 3), steps=_STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_claims_follow_the_plain_model(empty_database: Pool, places: int, steps: list[tuple[str, int]]) -> None:
    course_id = await make_course(empty_database)
    offer_id = await make_offer(empty_database, course_id, max_claims=places)
    leads = await _leads(empty_database, 5)
    model = _Model(places)
    async with empty_database.connection() as conn:
        for step in steps:
            await _step(conn, offer_id, leads, model, step)
            live = await offers.live(conn, course_id, OfferKind.DISCOUNT, model.now, samples=False)
            is_live = len(model.paid) < places and model.now < model.ends_at
            assert [offer.seats for offer in live] == ([places - len(model.paid)] if is_live else [])
