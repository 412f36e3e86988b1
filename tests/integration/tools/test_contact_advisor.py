import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.db import handoffs
from core.db.pool import Pool
from core.domain.people import Profile
from tests.deals import HOSTILE, HOUR, NOW, rows, same_at_once, same_each_time
from tests.worlds import insert, make_context, make_settings, valued
from tools.contact_advisor import CONTACT_ADVISOR, ContactAdvisorArguments

_ASKED = ContactAdvisorArguments(reason="quiere factura")


async def _advisor(pool: Pool, **fields: bool) -> None:
    await insert(pool, "advisors", {"name": "Rosa", "chat": "11"} | fields)


async def test_the_chat_is_given_to_a_human_for_a_time(empty_database: Pool) -> None:
    await _advisor(empty_database)
    context = await make_context(
        empty_database, now=NOW, profile=Profile(goal="automatizar"), settings=make_settings(handoff_minutes=45)
    )
    result = await same_each_time(CONTACT_ADVISOR, _ASKED, context)
    [row] = await rows(empty_database, "handoffs")
    assert valued(result) == {"advisor.notified": ["true"], "advisor.limit": ["45"]}
    assert {fact.source for fact in result.facts} == {f"handoffs:{row['id']}"}
    assert (row["lead_id"], row["status"], row["reason"]) == (context.lead.id, "open", "quiere factura")
    assert row["deadline_at"] == NOW + timedelta(minutes=45)
    assert json.loads(row["summary"])["profile"] == {"goal": "automatizar"}


async def test_four_calls_at_once_open_one_hand_off(empty_database: Pool) -> None:
    await _advisor(empty_database)
    await same_at_once(CONTACT_ADVISOR, _ASKED, await make_context(empty_database, now=NOW))
    assert len(await rows(empty_database, "handoffs")) == 1


async def test_asking_again_while_one_is_open_tells_what_is_left_of_it(empty_database: Pool) -> None:
    await _advisor(empty_database)
    context = await make_context(empty_database, now=NOW)
    await CONTACT_ADVISOR.run(_ASKED, context)
    later = replace(context, turn_id="turn-2", now=NOW + timedelta(minutes=49, seconds=30))
    again = await CONTACT_ADVISOR.run(ContactAdvisorArguments(reason="sigue esperando"), later)
    assert valued(again)["advisor.limit"] == ["11"]
    assert len(await rows(empty_database, "handoffs")) == 1


async def test_a_turn_that_is_run_again_does_not_reopen_what_was_handed_back(empty_database: Pool) -> None:
    await _advisor(empty_database)
    context = await make_context(empty_database, now=NOW)
    first = await CONTACT_ADVISOR.run(_ASKED, context)
    [row] = await rows(empty_database, "handoffs")
    async with empty_database.connection() as conn:
        assert await handoffs.give_back(conn, row["id"], NOW)
    assert await CONTACT_ADVISOR.run(_ASKED, context) == first
    async with empty_database.connection() as conn:
        assert await handoffs.current(conn, context.lead.id) is None
    await CONTACT_ADVISOR.run(_ASKED, replace(context, turn_id="turn-2", now=NOW + HOUR))
    assert len(await rows(empty_database, "handoffs")) == 2


async def test_without_anybody_to_call_nothing_is_promised(empty_database: Pool) -> None:
    await _advisor(empty_database, is_active=False)
    result = await CONTACT_ADVISOR.run(_ASKED, await make_context(empty_database, now=NOW))
    assert (result.missing, result.facts) == ("no_advisor", ())
    assert await rows(empty_database, "handoffs") == []


async def test_a_chat_of_advisors_from_the_settings_is_enough(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW, settings=make_settings(advisor_chat="-1001234567890"))
    assert (await CONTACT_ADVISOR.run(_ASKED, context)).missing == ""


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_reason_is_data(empty_database: Pool, text: str) -> None:
    await _advisor(empty_database)
    arguments = ContactAdvisorArguments(reason=text)
    await same_each_time(CONTACT_ADVISOR, arguments, await make_context(empty_database, now=NOW))
    [row] = await rows(empty_database, "handoffs")
    assert row["reason"] == arguments.reason
    assert len(row["reason"]) <= 200
    assert "\x00" not in row["reason"]


async def _on_mondays(pool: Pool) -> None:
    """An advisor who works on Mondays from nine to noon, in Mexico City."""
    row = await insert(pool, "advisors", {"name": "Rosa", "chat": "11"})
    given = {"advisor_id": row["id"], "weekday": 1, "opens": "09:00", "closes": "12:00"}
    await insert(pool, "advisor_hours", given)


async def test_outside_hours_it_waits_for_the_next_opening_and_leaves_word(empty_database: Pool) -> None:
    await _on_mondays(empty_database)
    sunday = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    context = await make_context(empty_database, now=sunday)
    result = await same_each_time(CONTACT_ADVISOR, _ASKED, context)
    assert result.missing == "outside_hours"
    assert valued(result) == {"advisor.opening": ["2026-11-23T09:00-06:00"]}
    [row] = await rows(empty_database, "handoffs")
    opening = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    limit = timedelta(minutes=context.settings.handoff_minutes)
    assert (row["status"], row["deadline_at"]) == ("waiting", opening + limit)
    [notice] = await rows(empty_database, "outbox")
    assert (notice["chat"], notice["about_handoff"], notice["lead_id"]) == ("11", row["id"], context.lead.id)
    assert "quiere factura" in notice["message"]["text"]


async def test_a_configured_chat_is_there_at_any_hour(empty_database: Pool) -> None:
    await _on_mondays(empty_database)
    sunday = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    settings = make_settings(advisor_chat="900")
    result = await CONTACT_ADVISOR.run(_ASKED, await make_context(empty_database, now=sunday, settings=settings))
    assert (result.missing, [row["status"] for row in await rows(empty_database, "handoffs")]) == ("", ["open"])
