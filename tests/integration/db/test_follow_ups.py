import asyncio
from uuid import UUID

from core.db import follow_ups
from core.db.pool import Pool
from core.domain.promises import FollowUp, FollowUpStatus
from tests.deals import DAY, NOW, rows
from tests.worlds import make_lead


async def _plan(pool: Pool, lead_id: UUID, key: str = "k1", turn_id: str = "turn-1") -> FollowUp:
    async with pool.connection() as conn:
        return await follow_ups.plan(
            conn, key=key, turn_id=turn_id, lead_id=lead_id, kind="asked", note="el precio", due_at=NOW + DAY
        )


async def test_a_follow_up_is_decided_once(empty_database: Pool) -> None:
    planned = await _plan(empty_database, (await make_lead(empty_database, NOW)).id)

    async def decide(status: FollowUpStatus) -> bool:
        async with empty_database.connection() as conn:
            return await follow_ups.decide(conn, planned.id, status, "razón", NOW)

    outcomes = [FollowUpStatus.SENT, FollowUpStatus.WITHHELD, FollowUpStatus.CANCELLED] * 3
    assert sum(await asyncio.gather(*(decide(status) for status in outcomes))) == 1
    [row] = await rows(empty_database, "follow_ups")
    assert row["status"] in set(outcomes)
    assert (row["reason"], row["decided_at"]) == ("razón", NOW)


async def test_a_job_finds_its_follow_up_only_while_it_is_planned(empty_database: Pool) -> None:
    planned = await _plan(empty_database, (await make_lead(empty_database, NOW)).id)
    async with empty_database.connection() as conn:
        assert await follow_ups.due(conn, planned.id) == planned
        await follow_ups.decide(conn, planned.id, FollowUpStatus.SENT, None, NOW)
        assert await follow_ups.due(conn, planned.id) is None
        assert await follow_ups.due(conn, planned.id + 1) is None
        assert not await follow_ups.decide(conn, planned.id + 1, FollowUpStatus.SENT, None, NOW)


async def test_all_that_is_planned_for_one_lead_is_cancelled(empty_database: Pool) -> None:
    lead, other = await make_lead(empty_database, NOW), await make_lead(empty_database, NOW)
    first, second = await _plan(empty_database, lead.id, "k1"), await _plan(empty_database, lead.id, "k2")
    kept = await _plan(empty_database, other.id, "k3")
    async with empty_database.connection() as conn:
        assert await follow_ups.decide(conn, first.id, FollowUpStatus.SENT, None, NOW)
        assert await follow_ups.cancel_planned(conn, lead.id, "baja", NOW) == 1
        assert await follow_ups.cancel_planned(conn, lead.id, "baja", NOW) == 0
        assert await follow_ups.due(conn, second.id) is None
        assert await follow_ups.due(conn, kept.id) == kept


async def test_a_turn_finds_what_it_promised(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    first = await _plan(empty_database, lead.id, "k1", "turn-1")
    await _plan(empty_database, lead.id, "k2", "turn-2")
    async with empty_database.connection() as conn:
        assert await follow_ups.planned_in(conn, lead.id, "turn-1") == [first]
        assert await follow_ups.planned_in(conn, lead.id, "turn-3") == []
