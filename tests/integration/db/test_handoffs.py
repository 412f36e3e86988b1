import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from core.db import handoffs
from core.db.pool import Pool
from core.domain.promises import Handoff, HandoffStatus
from tests.deals import DAY, HOUR, NOW, rows
from tests.worlds import insert, make_lead

_SECOND = timedelta(seconds=1)


async def _open(pool: Pool, lead_id: UUID, key: str = "k1", now: datetime = NOW) -> Handoff:
    async with pool.connection() as conn:
        return await handoffs.open_handoff(
            conn, key=key, turn_id=key, lead_id=lead_id, reason="", summary="", now=now, limit=HOUR
        )


async def _opened(pool: Pool) -> Handoff:
    return await _open(pool, (await make_lead(pool, NOW)).id)


async def _advisor(pool: Pool, chat: str = "11") -> int:
    return int((await insert(pool, "advisors", {"name": "Rosa", "chat": chat}))["id"])


async def test_a_lead_has_one_open_hand_off(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    opened = await asyncio.gather(*(_open(empty_database, lead.id, f"k{number % 3}") for number in range(12)))
    assert len({handoff.id for handoff in opened}) == 1
    async with empty_database.connection() as conn:
        assert await handoffs.current(conn, lead.id) == opened[0]
        assert await handoffs.by_id(conn, opened[0].id) == opened[0]


@pytest.mark.parametrize("ending", ["give_back", "time_out"])
async def test_a_hand_off_that_is_over_never_begins_again(empty_database: Pool, ending: str) -> None:
    first = await _opened(empty_database)
    advisor_id = await _advisor(empty_database)
    later = NOW + 2 * HOUR
    async with empty_database.connection() as conn:
        assert await getattr(handoffs, ending)(conn, first.id, later)
        assert await handoffs.current(conn, first.lead_id) is None
        assert await handoffs.take(conn, first.id, advisor_id, later, HOUR) is None
        assert not await handoffs.give_back(conn, first.id, later)
        assert not await handoffs.time_out(conn, first.id, later + DAY)
    again = await _open(empty_database, first.lead_id, key="k1", now=later)
    assert again.id == first.id
    assert again.is_over
    second = await _open(empty_database, first.lead_id, key="k2", now=later)
    assert second.id != first.id
    assert not second.is_over


async def test_nobody_came_and_the_time_is_over(empty_database: Pool) -> None:
    handoff = await _opened(empty_database)
    async with empty_database.connection() as conn:
        assert not await handoffs.time_out(conn, handoff.id, NOW + HOUR - _SECOND)
        assert await handoffs.time_out(conn, handoff.id, NOW + HOUR)
    [row] = await rows(empty_database, "handoffs")
    assert (row["status"], row["closed_at"]) == (HandoffStatus.TIMED_OUT, NOW + HOUR)


async def test_each_answer_of_the_advisor_moves_the_deadline(empty_database: Pool) -> None:
    handoff = await _opened(empty_database)
    advisor_id = await _advisor(empty_database)
    async with empty_database.connection() as conn:
        for minutes in (50, 100):
            taken = await handoffs.take(conn, handoff.id, advisor_id, NOW + timedelta(minutes=minutes), HOUR)
            assert taken is not None
            assert taken.deadline_at == NOW + timedelta(minutes=minutes) + HOUR
            assert taken.taken_at == NOW + timedelta(minutes=50)
            assert (taken.status, taken.advisor_id) == (HandoffStatus.TAKEN, advisor_id)
        assert not await handoffs.time_out(conn, handoff.id, NOW + timedelta(minutes=159))
        assert await handoffs.time_out(conn, handoff.id, NOW + timedelta(minutes=160))


async def test_a_chat_of_advisors_needs_no_row_and_gives_back_untaken(empty_database: Pool) -> None:
    handoff = await _opened(empty_database)
    async with empty_database.connection() as conn:
        taken = await handoffs.take(conn, handoff.id, None, NOW, HOUR)
        assert taken is not None and taken.advisor_id is None
        assert await handoffs.give_back(conn, handoff.id, NOW + _SECOND)
    untaken = await _open(empty_database, handoff.lead_id, key="k2")
    async with empty_database.connection() as conn:
        assert await handoffs.give_back(conn, untaken.id, NOW)


async def test_whoever_ends_it_first_ends_it_alone(empty_database: Pool) -> None:
    handoff = await _opened(empty_database)

    async def end(number: int) -> bool:
        async with empty_database.connection() as conn:
            ending = handoffs.give_back if number % 2 else handoffs.time_out
            return await ending(conn, handoff.id, NOW + HOUR)

    assert sum(await asyncio.gather(*(end(number) for number in range(10)))) == 1


async def _notice(pool: Pool, handoff: Handoff | None, external_id: str, key: str, **message: Any) -> None:
    row = {
        "channel": "telegram",
        "chat": "11",
        "turn_id": "turn-1",
        "message": Jsonb({"text": "aviso"} | message),
        "about_handoff": handoff.id if handoff else None,
        "external_id": external_id,
        "status": "sent",
        "key": key,
    }
    await insert(pool, "outbox", row)


async def test_a_reply_finds_the_hand_off_that_the_notice_was_about(empty_database: Pool) -> None:
    first, second = (
        await _opened(empty_database),
        await _open(empty_database, (await make_lead(empty_database, NOW)).id, key="k2"),
    )
    await _notice(empty_database, first, "500", "o1")
    await _notice(empty_database, second, "502", "o2", delivered=["501", "502"])
    await _notice(empty_database, None, "503", "o3")
    async with empty_database.connection() as conn:
        assert await handoffs.by_notice(conn, "telegram", "11", "500") == first
        assert await handoffs.by_notice(conn, "telegram", "11", "501") == second
        assert await handoffs.by_notice(conn, "telegram", "11", "502") == second
        for channel, chat, external_id in (
            ("telegram", "11", "503"),
            ("telegram", "12", "500"),
            ("console", "11", "500"),
            ("telegram", "11", "' or true --"),
        ):
            assert await handoffs.by_notice(conn, channel, chat, external_id) is None


async def test_a_late_reply_finds_that_it_is_over(empty_database: Pool) -> None:
    handoff = await _opened(empty_database)
    await _notice(empty_database, handoff, "500", "o1")
    async with empty_database.connection() as conn:
        await handoffs.give_back(conn, handoff.id, NOW)
        late = await handoffs.by_notice(conn, "telegram", "11", "500")
    assert late is not None
    assert late.is_over
