"""Decisions with their outcomes: of whom, of when, and what counts as an outcome."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.db import decisions
from core.db.pool import Pool
from core.domain.decisions import Decision, Period
from core.domain.funnel import Stage
from core.domain.perception import Intent
from core.domain.turn import Selection
from tests.decision_log import keep_event, keep_lead, keep_selection
from tests.decisions import drawn
from tests.worlds import insert, make_course

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
AT = NOW - timedelta(days=20)
WINDOW = timedelta(days=7)


def selection(**changes: Any) -> Selection:
    return drawn(1)[0].model_copy(update=changes)


async def between(pool: Pool, since: datetime = NOW - timedelta(days=40), until: datetime = NOW) -> Period:
    async with pool.connection() as conn:
        return await decisions.between(conn, since, until, WINDOW, NOW)


async def only(pool: Pool) -> Decision:
    [found] = (await between(pool)).decisions
    return found


async def test_a_decision_is_read_back_as_it_was_recorded(empty_database: Pool) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    chosen = selection(recommender="3", leans={"none": 0.5})
    await keep_selection(empty_database, lead, chosen, AT, "t1")
    found = await only(empty_database)
    assert found.probabilities == chosen.probabilities
    assert found.probabilities[found.drawn] == chosen.propensity
    assert (found.lead, found.at, found.eligible, found.leans) == (lead, AT, chosen.eligible, {"none": 0.5})
    assert found.features == {**chosen.features, "score": chosen.score}
    assert (found.step, found.sale) == (False, False)


@pytest.mark.parametrize(
    ("ticks", "counted"), [((), 0), ((False,), 0), ((True,), 1), ((True, False), 0), ((False, True), 1)]
)
async def test_only_who_allows_it_now_is_learned_from(
    empty_database: Pool, ticks: tuple[bool, ...], counted: int
) -> None:
    lead = await keep_lead(empty_database, 1, AT, ticks=ticks)
    await keep_selection(empty_database, lead, selection(), AT, "t1")
    period = await between(empty_database)
    assert (len(period.decisions), period.unconsented) == (counted, 1 - counted)


async def test_an_erased_lead_is_gone(empty_database: Pool) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    await keep_selection(empty_database, lead, selection(), AT, "t1")
    async with empty_database.connection() as conn:
        await conn.execute("delete from leads where id = %s", (lead,))
    assert (await between(empty_database)).decisions == ()


@pytest.mark.parametrize(
    ("kind", "after", "turn", "outcome"),
    [
        ("purchase_completed", timedelta(days=3), "t9", (False, True)),
        ("purchase_completed", WINDOW, "t9", (False, False)),
        ("purchase_completed", -timedelta(minutes=1), "t0", (False, False)),
        ("demo_requested", timedelta(hours=1), "t2", (True, False)),
        ("demo_requested", timedelta(0), "t1", (False, False)),
        ("demo_requested", timedelta(days=8), "t2", (False, False)),
        ("ai_engaged", timedelta(0), "t1", (False, False)),
    ],
)
async def test_what_counts_as_an_outcome(
    empty_database: Pool, kind: str, after: timedelta, turn: str, outcome: tuple[bool, bool]
) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    await keep_selection(empty_database, lead, selection(), AT, "t1")
    await keep_event(empty_database, lead, kind, AT + after, turn)
    found = await only(empty_database)
    assert (found.step, found.sale) == outcome


async def test_a_demo_of_the_same_turn_counts_when_the_person_asked_for_it(empty_database: Pool) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    asked = selection()
    asked = asked.model_copy(update={"features": {**asked.features, "intent": Intent.WANTS_DEMO.value}})
    await keep_selection(empty_database, lead, asked, AT, "t1")
    await keep_event(empty_database, lead, "demo_requested", AT, "t1")
    assert (await only(empty_database)).step


async def test_an_opened_demo_is_a_step_and_a_link_that_was_only_sent_is_not(empty_database: Pool) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    await keep_selection(empty_database, lead, selection(), AT, "t1")
    course = await make_course(empty_database)
    row = {"lead_id": lead, "course_id": course, "turn_id": "t1", "created_at": AT, "expires_at": NOW, "key": "k"}
    await insert(empty_database, "demo_links", row)
    assert not (await only(empty_database)).step
    async with empty_database.connection() as conn:
        await conn.execute("update demo_links set opened_at = %s", (AT + timedelta(hours=2),))
    assert (await only(empty_database)).step


async def test_a_decision_counts_when_its_window_is_over(empty_database: Pool) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    await keep_selection(empty_database, lead, selection(), NOW - WINDOW - timedelta(minutes=1), "t1")
    await keep_selection(empty_database, lead, selection(), NOW - WINDOW, "t2")
    await keep_event(empty_database, lead, "purchase_completed", NOW - timedelta(hours=1))
    period = await between(empty_database)
    assert [one.turn_id for one in period.decisions] == ["t1"]
    assert (period.undecided, period.until) == (1, NOW - WINDOW)


async def test_customers_and_simulated_prospects_are_left_out(empty_database: Pool) -> None:
    customer = await keep_lead(empty_database, 1, AT)
    simulated = await keep_lead(empty_database, 2, AT, channel="evals")
    await keep_selection(empty_database, customer, selection(stage=Stage.CUSTOMER), AT, "t1")
    await keep_selection(empty_database, simulated, selection(), AT, "t2")
    period = await between(empty_database)
    assert (period.decisions, period.unconsented, period.undecided) == ((), 0, 0)


async def test_the_time_span_is_half_open(empty_database: Pool) -> None:
    lead = await keep_lead(empty_database, 1, AT)
    await keep_selection(empty_database, lead, selection(), AT, "t1")
    assert len((await between(empty_database, since=AT)).decisions) == 1
    assert (await between(empty_database, until=AT)).decisions == ()
