"""Features of a lead as of a moment: right, deaf to the future, and only of those who allowed it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from core.db import lead_features
from core.db.pool import Pool
from core.domain.people import Lead, Profile
from tests.histories import START, Spoken, decide, happen, make_history, say, tick

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(days=14)
LATER = START + timedelta(days=60)
PROFILE_CALL = {"name": "update_profile", "args": {"occupation": "contadora", "goal": "automatizar", "company": None}}
TALK = (
    Spoken(START, "¿Cuánto cuesta?", {"intent": "price_question"}, tools=({"name": "compare_prices"},)),
    Spoken(
        START + 2 * MINUTE, "es caro para mí", {"objection": "price", "sentiment": "negative"}, tools=(PROFILE_CALL,)
    ),
    Spoken(START + 6 * MINUTE, "[Ver temario]"),
    Spoken(START + 90 * MINUTE, "qué bueno, quiero una demo", {"intent": "wants_demo", "sentiment": "positive"}),
)


async def features(pool: Pool, lead: Lead, at: datetime, present: dict[str, Any] | None = None) -> dict[str, Any]:
    async with pool.connection() as conn:
        return await lead_features.as_of(conn, lead.id, at, present)


async def test_each_feature_is_what_its_name_says(empty_database: Pool) -> None:
    lead = await make_history(empty_database, TALK)
    await happen(empty_database, lead.id, "initial_contact", START - MINUTE, {"source": "instagram"})
    found = await features(empty_database, lead, TALK[-1].at)
    assert found == {
        "response_seconds": 180.0,
        "words_per_message": pytest.approx(11 / 3),
        "questions": 1,
        "tools": 2,
        "session_minutes": 0.0,
        "return_visits": 1,
        "engagement": pytest.approx((3 / 10 + 1 / 5 + 2 / 5 + 11 / 3 / 20) / 4),
        "profile": 2 / 8,
        "turns": 3,
        "stage": "conversation",
        "intent": "wants_demo",
        "objection": "none",
        "emotion": "neutral",
        "intents": 3,
        "price_questions": 1,
        "buying_signals": 0,
        "demo_wishes": 1,
        "refusals": 0,
        "objections": 1,
        "positive_share": pytest.approx(1 / 3),
        "negative_share": pytest.approx(1 / 3),
        "sentiment_trend": 0.0,
        "source": "instagram",
        "hour": 13,
    }


async def test_a_lead_without_a_line_has_features_too(empty_database: Pool) -> None:
    lead = await make_history(empty_database, TALK)
    found = await features(empty_database, lead, START - MINUTE)
    assert (found["turns"], found["response_seconds"], found["words_per_message"]) == (0, None, None)
    assert (found["stage"], found["engagement"], found["session_minutes"]) == ("", 0, 0)


@pytest.mark.parametrize("place", range(len(TALK)))
async def test_nothing_after_the_moment_changes_a_feature(empty_database: Pool, place: int) -> None:
    """A lead whose talk ends here, and one whose talk goes on, are alike at this moment."""
    at = TALK[place].at
    going_on = await make_history(empty_database, TALK, bought_at=at + MINUTE)
    ended = await make_history(empty_database, TALK[: place + 1])
    for lead in (going_on, ended):
        await happen(empty_database, lead.id, "initial_contact", START - MINUTE, {"source": "instagram"})
    before = await features(empty_database, ended, at)
    assert await features(empty_database, going_on, at) == before
    await _change_everything(empty_database, going_on, at)
    assert await features(empty_database, going_on, at) == before


async def _change_everything(pool: Pool, lead: Lead, at: datetime) -> None:
    """All that the future may hold, and all that came of the moment itself."""
    after = at + timedelta(microseconds=1)
    await say(
        pool, lead.id, "future", "lead", "¿ya? ¿y ahora? quiero pagar", at=after, payload={"intent": "buying_signal"}
    )
    await say(
        pool,
        lead.id,
        "future",
        "brenda",
        "sí",
        at=after,
        payload={"tools": [PROFILE_CALL | {"args": {"email": "a@b.mx"}}]},
    )
    await say(
        pool, lead.id, "now", "brenda", "sí", at=at, payload={"tools": [PROFILE_CALL | {"args": {"budget": "300"}}]}
    )
    await happen(pool, lead.id, "tool_used", at, {"tool": "create_payment_link"})
    await happen(pool, lead.id, "tool_used", after, {"tool": "create_payment_link"})
    await decide(pool, lead.id, "future", "checkout", after)
    await tick(pool, lead.id, False, after)
    profile = Profile(occupation="otra", country="MX", budget="9").model_dump(exclude_none=True)
    async with pool.connection() as conn:
        await conn.execute(
            "update leads set stage = 'customer', source = 'otra', profile = %s, language = 'en', last_seen_at = %s,"
            " timezone = 'America/Bogota' where id = %s",
            (Jsonb(profile), after, lead.id),
        )


async def test_the_present_counts_like_its_record(empty_database: Pool) -> None:
    """What is handed over before the turn is recorded gives what the record gives afterwards."""
    recorded = await make_history(empty_database, TALK)
    going_on = await make_history(empty_database, TALK[:-1])
    last = TALK[-1]
    present = {"stage": last.stage, "lines": [last.text], "perception": last.perception}
    assert await features(empty_database, going_on, last.at, present) == await features(
        empty_database, recorded, last.at
    )


@pytest.mark.parametrize("payload", [[], "text", 3, {"tools": "x"}, {"tools": [{"name": "update_profile", "args": 1}]}])
async def test_a_strange_payload_is_no_error(empty_database: Pool, payload: Any) -> None:
    lead = await make_history(empty_database, TALK[:1])
    await say(empty_database, lead.id, "odd", "lead", "  \n", at=START + MINUTE, payload=payload)
    await say(empty_database, lead.id, "odd", "brenda", "", at=START + MINUTE, payload=payload)
    found = await features(empty_database, lead, START + 2 * MINUTE)
    assert (found["turns"], found["profile"]) == (1, 0)


async def test_the_world_is_no_visit_of_the_person(empty_database: Pool) -> None:
    lead = await make_history(empty_database, TALK[:1])
    await say(
        empty_database, lead.id, "world", "lead", "[deadline] handback", at=START + timedelta(hours=5), payload={}
    )
    found = await features(empty_database, lead, START + timedelta(hours=6))
    assert (found["return_visits"], found["turns"]) == (0, 1)


async def decisions(pool: Pool, now: datetime = LATER) -> list[lead_features.Decision]:
    async with pool.connection() as conn:
        leads = await lead_features.learning_leads(conn)
        return [each async for _, some in lead_features.decisions(conn, leads, WINDOW, now) for each in some]


async def test_only_who_allowed_it_is_learned_from(empty_database: Pool) -> None:
    allowed = await make_history(empty_database, TALK)
    taken_back = await make_history(empty_database, TALK, learning=True)
    await tick(empty_database, taken_back.id, False, START + MINUTE)
    given_again = await make_history(empty_database, TALK, learning=False)
    await tick(empty_database, given_again.id, True, START + MINUTE)
    await make_history(empty_database, TALK, learning=None)
    await make_history(empty_database, TALK, learning=False)
    simulated = await make_history(empty_database, TALK)
    async with empty_database.connection() as conn:
        await conn.execute("update leads set channel = 'evals' where id = %s", (simulated.id,))
    assert {each.lead_id for each in await decisions(empty_database)} == {allowed.id, given_again.id}


async def test_a_row_of_somebody_else_is_not_even_looked_at(empty_database: Pool) -> None:
    """Reading these leads fails, so whoever gets past them has not read them."""
    allowed = await make_history(empty_database, TALK)
    for learning in (False, None):
        poisoned = await make_history(empty_database, TALK[:2], learning=learning)
        async with empty_database.connection() as conn:
            await conn.execute("update messages set created_at = '-infinity' where lead_id = %s", (poisoned.id,))
        with pytest.raises(psycopg.Error):
            await features(empty_database, poisoned, START)
    assert {each.lead_id for each in await decisions(empty_database)} == {allowed.id}


async def test_a_sale_counts_within_its_window_and_ends_the_decisions(empty_database: Pool) -> None:
    soon = await make_history(empty_database, TALK[:2], bought_at=START + MINUTE)
    late = await make_history(empty_database, TALK[:2], bought_at=START + WINDOW + MINUTE)
    never = await make_history(empty_database, TALK[:2])
    found: dict[UUID, list[bool]] = {}
    for each in await decisions(empty_database):
        found.setdefault(each.lead_id, []).append(each.bought)
    assert found == {soon.id: [True], late.id: [False, True], never.id: [False, False]}


async def test_an_open_window_is_left_out(empty_database: Pool) -> None:
    await make_history(empty_database, TALK, bought_at=START + timedelta(hours=3))
    found = await decisions(empty_database, now=START + WINDOW + 3 * MINUTE)
    assert [each.at for each in found] == [START, START + 2 * MINUTE]
