from core.db import advisors
from core.db.pool import Pool
from tests.deals import HOSTILE
from tests.worlds import insert


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
