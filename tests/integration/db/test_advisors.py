from datetime import UTC, datetime, timedelta

from core.db import advisors, handoffs
from core.db.pool import Pool
from core.domain.duty_hours import Span
from tests.deals import HOSTILE
from tests.worlds import insert, make_lead

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def test_only_who_is_active_is_called_and_known(empty_database: Pool) -> None:
    await insert(empty_database, "advisors", {"name": "Rosa", "chat": "11"})
    await insert(empty_database, "advisors", {"name": "Iván", "chat": "22", "is_active": False})
    async with empty_database.connection() as conn:
        assert [advisor.name for advisor in await advisors.active(conn)] == ["Rosa"]
        rosa = await advisors.by_chat(conn, "11")
        assert rosa is not None and rosa.active
        assert await advisors.by_chat(conn, "22") is None


async def test_no_chat_is_mistaken_for_an_advisor(empty_database: Pool) -> None:
    await insert(empty_database, "advisors", {"name": "Rosa", "chat": "11"})
    async with empty_database.connection() as conn:
        for text in HOSTILE:
            assert await advisors.by_chat(conn, text.replace("\x00", "")) is None


async def test_hours_and_absence_are_read_as_they_were_written(empty_database: Pool) -> None:
    row = await insert(empty_database, "advisors", {"name": "Rosa", "chat": "11", "timezone": "America/Bogota"})
    async with empty_database.connection() as conn:
        await conn.execute(
            "insert into advisor_hours (advisor_id, weekday, opens, closes) "
            "values (%(id)s, 1, '15:30', '24:00'), (%(id)s, 1, '09:00', '14:00')",
            row,
        )
        await advisors.set_absence(conn, row["id"], MONDAY, MONDAY + timedelta(hours=2))
        rosa = await advisors.by_chat(conn, "11")
        await advisors.set_absence(conn, row["id"], None, None)
        back = await advisors.by_chat(conn, "11")
    assert rosa is not None and back is not None
    assert rosa.hours.timezone == "America/Bogota"
    assert rosa.hours.spans == (Span(weekday=1, opens=540, closes=840), Span(weekday=1, opens=930, closes=1440))
    assert (rosa.hours.absent(MONDAY), back.hours.absent(MONDAY)) == (True, False)


async def test_whoever_took_a_chat_hears_it_alone(empty_database: Pool) -> None:
    rosa = (await insert(empty_database, "advisors", {"name": "Rosa", "chat": "11"}))["id"]
    await insert(empty_database, "advisors", {"name": "Eva", "chat": "22", "absent_since": MONDAY})
    lead = await make_lead(empty_database, MONDAY)
    limit = timedelta(hours=1)
    async with empty_database.connection() as conn:
        opened = await handoffs.open_handoff(
            conn, key="k", turn_id="t", lead_id=lead.id, reason="", summary="", now=MONDAY, limit=limit
        )
        assert await advisors.reachable(conn, "telegram", "-100") == ["-100", "11", "22"]
        assert await advisors.listeners(conn, "telegram", "-100", opened, MONDAY) == ["-100", "11"]
        assert await advisors.listeners(conn, "telegram", None, None, MONDAY) == ["11"]
        for taker, heard in ((rosa, ["11"]), (None, ["-100"])):
            taken = await handoffs.take(conn, opened.id, taker, MONDAY, limit)
            assert await advisors.listeners(conn, "telegram", "-100", taken, MONDAY) == heard


async def test_the_configured_chat_is_written_down_and_forgotten(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        for chat in ("-100", "-200", None):
            await advisors.set_desk_chat(conn, "telegram", chat, MONDAY)
            assert await advisors.desk_chat(conn, "telegram") == chat
            assert [post.chat for post in (await advisors.roster(conn, "telegram")).posts] == ([chat] if chat else [])
