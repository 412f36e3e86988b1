"""Lead cards: numbers that stay, and the order of the list."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from core.db import lead_cards
from core.db.pool import Pool
from core.domain.funnel import Stage
from tests.worlds import insert

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


async def lead(pool: Pool, chat: str, score: float | None = None, handoff: str = "", **fields: Any) -> UUID:
    given = {"channel": "telegram", "chat": chat, "name": chat, "stage": "conversation", "last_seen_at": NOW}
    made: UUID = (await insert(pool, "leads", given | fields))["id"]
    if score is not None:
        row = {
            **{"lead_id": made, "turn_id": chat, "stage": "conversation", "arm": "control", "eligible": []},
            **{"offered": [], "probabilities": Jsonb({}), "propensity": 1, "exploration_floor": 0.05, "score": score},
            **{"predictor": "scorecard-1", "features": Jsonb({}), "at": NOW},
        }
        await insert(pool, "selections", row)
    if handoff:
        asked = {"lead_id": made, "reason": "x", "summary": "", "status": handoff, "turn_id": chat, "key": chat}
        await insert(pool, "handoffs", asked | {"opened_at": NOW, "deadline_at": NOW + timedelta(hours=1)})
    return made


async def listed(pool: Pool, page: int = 0) -> tuple[list[str | None], bool]:
    async with pool.connection() as conn:
        found, more = await lead_cards.queue(conn, "telegram", NOW - timedelta(days=14), page)
    return [one.name for one in found], more


async def test_who_waits_comes_first_then_who_is_in_hands_then_the_hottest(empty_database: Pool) -> None:
    await lead(empty_database, "warm", 0.3)
    await lead(empty_database, "hot", 0.8)
    await lead(empty_database, "taken", 0.1, "taken", stage="handoff")
    await lead(empty_database, "waiting", None, "waiting")
    await lead(empty_database, "open", None, "open", stage="handoff", last_seen_at=NOW - timedelta(days=30))
    await lead(empty_database, "silent", 0.9, last_seen_at=NOW - timedelta(days=15))
    await lead(empty_database, "left", 0.9, stage="opted_out")
    await lead(empty_database, "shut", 0.9, blocked_at=NOW)
    await lead(empty_database, "paid", 0.9, stage="customer")
    await lead(empty_database, "simulated", 0.9, channel="evals")
    assert await listed(empty_database) == (["waiting", "open", "taken", "hot", "warm"], False)


async def test_pages_are_whole_and_end(empty_database: Pool) -> None:
    for place in range(lead_cards.PAGE * 2):
        await lead(empty_database, f"{place:02}", 1 - place / 100)
    first, more = await listed(empty_database)
    second, last = await listed(empty_database, 1)
    assert (first + second, more, last) == ([f"{place:02}" for place in range(12)], True, False)
    assert await listed(empty_database, 9) == ([], False)


async def test_a_number_is_given_once_and_kept(empty_database: Pool) -> None:
    ana = await lead(empty_database, "ana")

    async def called() -> int | None:
        async with empty_database.connection() as conn:
            return await lead_cards.number(conn, ana)

    numbers = await asyncio.gather(*(called() for _ in range(6)))
    assert len(set(numbers)) == 1
    async with empty_database.connection() as conn:
        assert await lead_cards.by_number(conn, numbers[0] or 0) == ana
        assert await lead_cards.by_number(conn, 9999) is None


async def test_a_card_of_who_said_nothing_yet_is_whole(empty_database: Pool) -> None:
    ana = await lead(empty_database, "ana", stage="contact")
    async with empty_database.connection() as conn:
        card = await lead_cards.load(conn, ana)
        gone = await lead_cards.load(conn, UUID(int=0))
    assert card is not None
    assert (card.stage, card.score, card.lines, card.objections, card.booking, card.payment, card.handoff) == (
        *(Stage.CONTACT, None, (), {}, None, None, None),
    )
    assert gone is None


async def test_a_card_keeps_the_last_lines_in_order_and_the_latest_meaning(empty_database: Pool) -> None:
    ana = await lead(empty_database, "ana", 0.4)
    for place in range(12):
        payload = {"intent": f"intent_{place}"} | ({"objection": "time" if place < 9 else "price"} if place % 2 else {})
        said = {"lead_id": ana, "turn_id": str(place), "position": 0, "author": "lead", "text": f"línea {place}"}
        await insert(empty_database, "messages", said | {"payload": Jsonb(payload), "created_at": NOW})
    async with empty_database.connection() as conn:
        card = await lead_cards.load(conn, ana)
    assert card is not None
    assert [line.text for line in card.lines] == [f"línea {place}" for place in range(4, 12)]
    assert card.intents == tuple(f"intent_{place}" for place in range(11, 6, -1))
    assert (card.latest_objection, card.objections) == ("price", {"time": 4, "price": 2})
