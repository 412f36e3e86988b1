import asyncio
from uuid import UUID

from core.db import profiles
from core.db.pool import Pool
from tests.deals import NOW, rows
from tests.worlds import make_lead


async def test_fields_are_merged_even_when_they_are_told_at_once(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)

    async def tell(field: str) -> bool:
        async with empty_database.connection() as conn:
            return await profiles.merge(conn, lead.id, {field: field.upper()}, None)

    fields = ["goal", "company", "country", "budget", "email"]
    assert all(await asyncio.gather(*map(tell, fields)))
    [row] = await rows(empty_database, "leads")
    assert row["profile"] == {field: field.upper() for field in fields}


async def test_a_time_zone_stays_until_another_is_told(empty_database: Pool) -> None:
    lead = await make_lead(empty_database, NOW)
    async with empty_database.connection() as conn:
        await profiles.merge(conn, lead.id, {}, "America/Lima")
        await profiles.merge(conn, lead.id, {"goal": "aprender"}, None)
    [row] = await rows(empty_database, "leads")
    assert row["timezone"] == "America/Lima"


async def test_nothing_is_kept_of_a_lead_who_is_gone(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        assert not await profiles.merge(conn, UUID(int=7), {"goal": "aprender"}, None)
