"""Hot leads: found in what the turns recorded, told once a week, and not at all when it would be in vain."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from core.db.pool import Pool
from core.world.hot_leads import look
from tests.worlds import insert, load_prompts

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


async def decided(
    pool: Pool, score: float, at: datetime, intent: str = "", chat: str = "7", **fields: Any
) -> dict[str, Any]:
    """A lead with one more decision of this score, for a message that meant this; the lead's row."""
    async with pool.connection() as conn:
        found = await (await conn.execute("select * from leads where chat = %s", (chat,))).fetchone()
    given = {"channel": "telegram", "chat": chat, "name": "Ana", "stage": "conversation"}
    lead = found or await insert(pool, "leads", given | fields)
    turn = f"{chat}:{at.timestamp()}:{score}"
    payload = Jsonb({"intent": intent} if intent else {})
    said = {"lead_id": lead["id"], "turn_id": turn, "position": 0, "author": "lead", "text": "x"}
    await insert(pool, "messages", said | {"payload": payload, "created_at": at})
    row = {
        **{"lead_id": lead["id"], "turn_id": turn, "stage": "conversation", "arm": "control", "eligible": []},
        **{"offered": [], "probabilities": Jsonb({}), "propensity": 1, "exploration_floor": 0.05, "score": score},
        **{"predictor": "scorecard-1", "features": Jsonb({}), "at": at},
    }
    await insert(pool, "selections", row)
    return lead


async def notices(pool: Pool) -> list[str]:
    async with pool.connection() as conn:
        rows = await (await conn.execute("select message->>'text' as text from outbox order by id")).fetchall()
    return [row["text"] for row in rows]


@pytest.fixture
async def desk(empty_database: Pool) -> Pool:
    await insert(empty_database, "advisors", {"name": "Rosa", "chat": "900"})
    return empty_database


async def test_a_lead_is_told_of_once_a_week(desk: Pool) -> None:
    lead = await decided(desk, 0.49, NOW)
    assert await look(desk, load_prompts(), NOW) == 0
    later = NOW
    for days, told in ((0, 1), (1, 0), (5, 0), (7, 1)):
        later = NOW + timedelta(days=days, minutes=1)
        await decided(desk, 0.51, later)
        assert await look(desk, load_prompts(), later) == told, days
    assert len(await notices(desk)) == 2
    async with desk.connection() as conn:
        rows = await (await conn.execute("select lead_id, payload from events where kind = 'hot_lead'")).fetchall()
    assert [(row["lead_id"], row["payload"]["signal"]) for row in rows] == [(lead["id"], False)] * 2


async def test_who_says_that_they_want_to_buy_is_hot_whatever_the_score(desk: Pool) -> None:
    await decided(desk, 0.05, NOW, "buying_signal")
    await decided(desk, 0.05, NOW, "price_question", chat="8")
    assert await look(desk, load_prompts(), NOW) == 1
    assert "mostró intención de comprar" in (await notices(desk))[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"stage": "opted_out"},
        {"stage": "handoff"},
        {"stage": "customer"},
        {"blocked_at": NOW},
        {"channel": "evals"},
    ],
)
async def test_nobody_is_told_of_whom_nobody_should_sell_to(desk: Pool, fields: dict[str, Any]) -> None:
    await decided(desk, 0.9, NOW, "buying_signal", **fields)
    assert await look(desk, load_prompts(), NOW) == 0
    assert await notices(desk) == []


async def test_a_turn_that_is_recorded_late_is_not_missed(desk: Pool) -> None:
    await look(desk, load_prompts(), NOW)
    await decided(desk, 0.9, NOW - timedelta(minutes=2))
    assert await look(desk, load_prompts(), NOW + timedelta(seconds=15)) == 1


async def test_two_lookers_tell_once(desk: Pool) -> None:
    await decided(desk, 0.9, NOW)
    assert [await look(desk, load_prompts(), NOW), await look(desk, load_prompts(), NOW)] == [1, 0]
