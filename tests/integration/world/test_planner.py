"""The planner on a real database: who fell silent, what became pointless, what lost its job, and when people answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from core.db import contact_hours, follow_ups, profiles, silences
from core.db.pool import Pool
from core.domain.follow_ups import Trigger
from core.integrations.queue import Job
from core.learning.contact_hours import Habits
from core.world.planner import same_hour
from tests.brendas import queue_on
from tests.weeks import MONDAY, Week
from tests.worlds import insert

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def week(database: Pool) -> AsyncIterator[Week]:
    async with queue_on(database) as queue:
        yield await Week(database, queue).begin()


async def silent(
    week: Week, chat: str = "ana", answer: str = "¿Qué buscas?", marketing: bool = True, stage: str = "conversation"
) -> UUID:
    lead = await week.person(chat, "México", marketing, stage)
    await week.talk(lead, "hola", answer)
    return lead


async def planned(week: Week) -> list[tuple[str, str]]:
    await week.planner.plan()
    return [row[:2] for row in await week.outcomes()]


async def test_a_person_is_given_time_to_answer(week: Week) -> None:
    await silent(week)
    week.clock.move(minutes=4)
    assert await planned(week) == []
    week.clock.move(minutes=2)
    assert await planned(week) == [("ana", "silence")]


async def test_a_silence_is_one_follow_up_however_often_and_wherever_it_is_looked_at(week: Week) -> None:
    await silent(week)
    week.clock.move(minutes=6)
    await asyncio.gather(*(week.planner.plan() for _ in range(5)))
    await week.query("update follow_up_scan set scanned_until = %s", MONDAY - DAY)
    assert await planned(week) == [("ana", "silence")]
    assert len(await week.query("select id from procrastinate_jobs where task_name = %s", Job.FOLLOW_UP.value)) == 1


async def test_only_one_planner_looks_at_a_time(week: Week) -> None:
    async with week.pool.connection() as one, one.transaction():
        assert await silences.scanned_until(one) is not None
        async with week.pool.connection() as other, other.transaction():
            assert await silences.scanned_until(other) is None


@pytest.mark.parametrize(
    ("marketing", "stage"),
    [(False, "conversation"), (True, "consent"), (True, "customer"), (True, "handoff"), (True, "opted_out")],
)
async def test_who_may_not_or_need_not_be_nudged_is_not(week: Week, marketing: bool, stage: str) -> None:
    await silent(week, marketing=marketing, stage=stage)
    week.clock.move(minutes=6)
    assert await planned(week) == []


async def test_without_a_question_there_is_no_silence(week: Week) -> None:
    await silent(week, answer="Que te vaya muy bien.")
    week.clock.move(minutes=6)
    assert await planned(week) == []


async def test_the_price_is_remembered_over_a_thanks(week: Week) -> None:
    lead = await week.person("ana", "México")
    await week.talk(lead, "¿precio?", "Es este.", topics=["price"])
    week.clock.move(minutes=1)
    await week.talk(lead, "gracias", "De nada.")
    week.clock.move(minutes=6)
    assert await planned(week) == [("ana", "price_asked")]


async def test_one_silence_is_followed_up_for_one_reason_only(week: Week) -> None:
    lead = await week.person("ana", "México")
    await week.trigger(lead, Trigger.RESOURCE_DOWNLOADED)
    await week.talk(lead, "¿precio?", "¿Te lo cuento?", topics=["price"])
    week.clock.move(minutes=6)
    assert await planned(week) == [("ana", "resource_downloaded")]


async def test_writing_again_cancels_the_nudge_and_not_the_reminder(week: Week) -> None:
    lead = await silent(week)
    await week.trigger(lead, Trigger.DEMO_TOMORROW, about=MONDAY + 3 * DAY)
    week.clock.move(minutes=6)
    await week.planner.plan()
    week.clock.move(minutes=6)
    await week.talk(lead, "ya lo pensé", "Qué bueno.")
    await week.planner.plan()
    assert [row[1:4] for row in await week.outcomes()] == [
        ("silence", "cancelled", "answered"),
        ("demo_tomorrow", "planned", ""),
    ]
    [event] = await week.query("select payload from events where kind = 'follow_up_cancelled'")
    assert event["payload"]["reason"] == "answered"


async def test_a_new_silence_after_an_answer_is_a_new_follow_up(week: Week) -> None:
    lead = await silent(week)
    week.clock.move(minutes=6)
    await week.planner.plan()
    week.clock.move(minutes=6)
    await week.talk(lead, "sí", "¿Y qué te gustaría?")
    week.clock.move(minutes=6)
    await week.planner.plan()
    assert [row[1:4] for row in await week.outcomes()] == [
        ("silence", "cancelled", "answered"),
        ("silence", "planned", ""),
    ]


async def test_after_a_breakdown_nobody_is_skipped(week: Week) -> None:
    planner = replace(week.planner, most=3)
    for number in range(8):
        await silent(week, f"chat{number}")
        week.clock.move(minutes=1)
    week.clock.move(days=1)
    for _ in range(8):
        await planner.plan()
    assert len(await week.outcomes()) == 8


async def test_what_lost_its_job_is_taken_up_and_what_failed_for_good_is_left_to_be_seen(week: Week) -> None:
    lead = await week.person("ana", "México")
    await week.trigger(lead, Trigger.SILENCE, "lost")
    await week.trigger(lead, Trigger.PRICE_ASKED, "failed")
    jobs = await week.query("select id, args from procrastinate_jobs order by id")
    await week.query("delete from procrastinate_jobs where id = %s", jobs[0]["id"])
    await week.query("update procrastinate_jobs set status = 'failed' where id = %s", jobs[1]["id"])
    week.clock.move(minutes=1)
    await week.planner.plan()
    assert await week.query("select id from procrastinate_jobs where status = 'todo'") == []
    week.clock.move(minutes=5)
    for _ in range(2):
        await week.planner.plan()
    [taken_up] = await week.query("select args from procrastinate_jobs where status = 'todo'")
    assert taken_up["args"] == jobs[0]["args"]


async def test_hours_are_learned_once_a_day_from_those_who_allowed_it(week: Week) -> None:
    for number in range(12):
        lead = await week.person(f"chat{number}", "Colombia")
        if number < 9:
            await week.tick_consent(lead, "learning", True)
        for day in range(3):
            row = {"lead_id": lead, "author": "lead", "text": "hola", "position": 0, "turn_id": f"t-{number}-{day}"}
            hour = HOUR if number < 9 else 5 * HOUR
            await insert(week.pool, "messages", row | {"created_at": MONDAY - day * DAY + hour})
    assert [await week.planner.learn(), await week.planner.learn()] == [True, False]
    habits = Habits.model_validate(await week.with_connection(contact_hours.newest))
    assert habits.people == 9
    assert habits.overall[11] == 27
    assert habits.overall[15] == 0
    assert set(habits.groups) == {"country:CO"}
    week.clock.move(days=1)
    await week.tick_consent(lead, "learning", False)
    assert await week.planner.learn()
    assert len(await week.query("select id from contact_hours")) == 1


@pytest.mark.parametrize(
    ("country", "due"), [("España", MONDAY + DAY - 7 * HOUR), ("Argentina", MONDAY + DAY - 3 * HOUR)]
)
async def test_a_promise_moves_to_the_person_s_own_clock_once_they_say_where_they_are(
    week: Week, country: str, due: datetime
) -> None:
    """At nine of the next day: on Mexico's clock while nothing is known, then on theirs."""
    lead = await week.person("ana", marketing=False)
    at = MONDAY + DAY
    async with week.pool.connection() as conn, conn.transaction():
        made = await follow_ups.plan(
            conn,
            key="k",
            turn_id="t",
            lead_id=lead,
            kind="asked",
            note="",
            due_at=at,
            now=week.clock(),
            guessed_zone="America/Mexico_City",
        )
        await week.queue.defer(conn, Job.FOLLOW_UP, at=at, follow_up=made.id)
    await week.planner.plan()
    async with week.pool.connection() as conn:
        await profiles.merge(conn, lead, {"country": country}, None)
    await week.play(MONDAY + 3 * DAY)
    [row] = await week.query("select status, decided_at, guessed_zone from follow_ups")
    assert row == {"status": "sent", "decided_at": due, "guessed_zone": None}


def test_the_same_hour_elsewhere_is_another_moment() -> None:
    assert same_hour(MONDAY, "America/Mexico_City", "Europe/Madrid") == MONDAY - 7 * HOUR
    assert same_hour(MONDAY, "Europe/Madrid", "America/Mexico_City") == MONDAY + 7 * HOUR
