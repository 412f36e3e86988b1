"""What the world asks for is planned once, and cancelled with what it is about."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.db.pool import Pool
from core.domain.follow_ups import Trigger
from core.integrations.queue import Job
from core.world import triggers
from tests.brendas import queue_on
from tests.weeks import Week

DAY = timedelta(days=1)


@pytest.fixture
async def week(database: Pool) -> AsyncIterator[Week]:
    async with queue_on(database) as queue:
        yield await Week(database, queue).begin()


async def test_the_same_trigger_and_key_again_is_one_follow_up(week: Week) -> None:
    lead = await week.person("ana", "México")
    for _ in range(3):
        await week.trigger(lead, Trigger.RESOURCE_DOWNLOADED, "guide")
    await week.trigger(lead, Trigger.RESOURCE_DOWNLOADED, "another")
    assert len(await week.outcomes()) == 2
    assert len(await week.query("select id from procrastinate_jobs where task_name = %s", Job.FOLLOW_UP.value)) == 2


@pytest.mark.parametrize("change", ["blocked_at = now()", "stage = 'opted_out'", "channel = 'evals'"])
async def test_nothing_is_planned_for_who_cannot_be_written_to(week: Week, change: str) -> None:
    lead = await week.person("ana", "México")
    await week.query(f"update leads set {change}")  # noqa: S608
    await week.trigger(lead, Trigger.DEMO_TOMORROW, about=week.clock() + 3 * DAY)
    assert await week.outcomes() == []


async def test_only_what_belongs_to_a_subject_is_cancelled_with_it(week: Week) -> None:
    lead = await week.person("ana", "México")
    for subject in ("bookings:1", "bookings:2"):
        await week.trigger(lead, Trigger.DEMO_SOON, subject, about=week.clock() + 3 * DAY, subject=subject)

    async def cancel(subject: str) -> int:
        return await week.with_connection(  # type: ignore[no-any-return]
            lambda conn: triggers.cancel(conn, lead, [Trigger.DEMO_SOON], "moved", week.clock(), subject)
        )

    assert [await cancel("bookings:1"), await cancel("bookings:1"), await cancel("")] == [1, 0, 1]


async def test_a_demo_that_is_triggered_again_after_a_cancel_needs_a_key_of_its_own(week: Week) -> None:
    lead = await week.person("ana", "México")
    start = week.clock() + 3 * DAY
    await week.trigger(lead, Trigger.DEMO_SOON, "first", about=start)
    await week.with_connection(
        lambda conn: triggers.cancel(conn, lead, [Trigger.DEMO_SOON], "demo_moved", week.clock())
    )
    await week.trigger(lead, Trigger.DEMO_SOON, "first", about=start + DAY)
    await week.trigger(lead, Trigger.DEMO_SOON, "second", about=start + DAY)
    assert [row[2:4] for row in await week.outcomes()] == [("cancelled", "demo_moved"), ("planned", "")]
