"""Notices: who is told, on whose clock, once, and with what may help."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from core.db.pool import Pool
from core.errors import PromptError
from core.world.notices import Notice, NoticeKind, notify
from tests.worlds import insert, load_prompts, make_course

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Nine in Mexico City, ten in Bogotá, sixteen in Madrid."""
STARTS = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


async def lead(pool: Pool, channel: str = "telegram") -> UUID:
    row = {"channel": channel, "chat": "7", "name": "Ana", "stage": "conversation", "source": "instagram"}
    made = await insert(pool, "leads", row | {"course_id": await make_course(pool, name="IA aplicada")})
    found: UUID = made["id"]
    return found


async def advisor(pool: Pool, chat: str, zone: str, *hours: tuple[str, str]) -> int:
    made = await insert(pool, "advisors", {"name": f"A{chat}", "chat": chat, "timezone": zone})
    for opens, closes in hours:
        given = {"advisor_id": made["id"], "weekday": 1, "opens": opens, "closes": closes}
        await insert(pool, "advisor_hours", given)
    return int(made["id"])


def booked(lead_id: UUID | None, key: str = "b1") -> Notice:
    variables = {"starts_at": STARTS, "host": "Rosa"}
    return Notice(NoticeKind.BOOKING, lead_id, "booked", variables, key)


async def tell(pool: Pool, notice: Notice, now: datetime = MONDAY) -> list[dict[str, Any]]:
    """Every notice in the outbox after this one, by chat."""
    async with pool.connection() as conn:
        await notify(conn, load_prompts(), notice, now)
        rows = await conn.execute(
            "select channel, chat, lead_id, status, message->>'text' as text from outbox order by chat"
        )
        return await rows.fetchall()


async def test_those_on_duty_are_told_once_each_on_their_own_clock(empty_database: Pool) -> None:
    await advisor(empty_database, "1", "America/Bogota", ("10:00", "12:00"))
    await advisor(empty_database, "2", "Europe/Madrid")
    await advisor(empty_database, "3", "America/Mexico_City", ("18:00", "20:00"))
    ana = await lead(empty_database)
    await tell(empty_database, booked(ana))
    bogota, madrid = await tell(empty_database, booked(ana))
    assert (bogota["chat"], madrid["chat"]) == ("1", "2")
    assert "Ana reservó la demo de IA aplicada: lun 23 nov, 20:30, con Rosa." in bogota["text"]
    assert "mar 24 nov, 02:30" in madrid["text"]
    assert (bogota["lead_id"], bogota["status"], bogota["channel"]) == (ana, "pending", "telegram")
    assert "Origen: instagram" in bogota["text"]
    assert "Siguiente paso sugerido: Proponerle la demo." in bogota["text"]
    assert "/lead_1" in bogota["text"]


async def test_all_are_told_when_nobody_is_on_duty_and_the_configured_chat_always_is(empty_database: Pool) -> None:
    away = await advisor(empty_database, "1", "UTC", ("01:00", "02:00"))
    ana = await lead(empty_database)
    assert [row["chat"] for row in await tell(empty_database, booked(ana))] == ["1"]
    async with empty_database.connection() as conn:
        await conn.execute("insert into desk_chats (channel, chat, set_at) values ('telegram', '-100', now())")
    assert [row["chat"] for row in await tell(empty_database, booked(ana, "b2"))] == ["-100", "1"]
    async with empty_database.connection() as conn:
        await conn.execute("update advisors set chat = '-100' where id = %s", (away,))
        await conn.execute("delete from outbox")
        await conn.execute("insert into advisors (name, chat) values ('B', '2')")
    on_duty = [row["chat"] for row in await tell(empty_database, booked(ana, "b3"))]
    assert on_duty == ["2"], "a configured chat that an advisor has keeps their hours"


async def test_what_is_nobodys_any_more_is_told_without_a_lead(empty_database: Pool) -> None:
    await advisor(empty_database, "1", "UTC")
    variables = {"amount": "249.00 USD", "reason": "fraudulent"}
    (row,) = await tell(empty_database, Notice(NoticeKind.PAYMENT, None, "dispute", variables, "d1"))
    assert (row["lead_id"], row["channel"]) == (None, "telegram")
    assert row["text"].startswith("❗ El banco abrió una disputa por 249.00 USD.")


@pytest.mark.parametrize(("channel", "status"), [("console", "pending"), ("evals", "recorded")])
async def test_other_channels_have_their_own_advisors(empty_database: Pool, channel: str, status: str) -> None:
    await advisor(empty_database, "consola:asesora", "UTC")
    (row,) = await tell(empty_database, booked(await lead(empty_database, channel)))
    assert (row["channel"], row["chat"], row["status"]) == (channel, "consola:asesora", status)


async def test_nobody_to_tell_is_no_error(empty_database: Pool) -> None:
    assert await tell(empty_database, booked(await lead(empty_database))) == []


async def test_a_missing_variable_is_named(empty_database: Pool) -> None:
    await advisor(empty_database, "1", "UTC")
    with pytest.raises(PromptError, match="starts_at"):
        await tell(empty_database, Notice(NoticeKind.BOOKING, await lead(empty_database), "booked", {}, "b1"))


async def test_a_lead_is_shown_with_score_objections_and_what_helps(empty_database: Pool) -> None:
    await advisor(empty_database, "1", "UTC")
    ana = await lead(empty_database)
    said = {"lead_id": ana, "turn_id": "t1", "position": 0, "author": "lead", "text": "carísimo"}
    await insert(
        empty_database, "messages", said | {"payload": Jsonb({"intent": "price_question", "objection": "price"})}
    )
    decided = {
        **{"lead_id": ana, "turn_id": "t1", "stage": "conversation", "arm": "control", "eligible": [], "offered": []},
        **{"probabilities": Jsonb({}), "propensity": 1, "exploration_floor": 0.05, "score": 0.37},
        **{"predictor": "scorecard-1", "features": Jsonb({}), "at": MONDAY - timedelta(minutes=1)},
    }
    await insert(empty_database, "selections", decided)
    (row,) = await tell(empty_database, Notice(NoticeKind.HOT_LEAD, ana, "hot_lead", {"signal": False}, "h1"))
    for words in ("37 %", "precio (1)", "formas de pago reales", "probabilidad alta"):
        assert words in row["text"]
