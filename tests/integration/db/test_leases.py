"""Leases."""

import asyncio
from datetime import UTC, datetime, timedelta

from core.db import leases
from core.db.pool import Pool

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def acquire(pool: Pool, holder: str, after: float = 0, dead: str | None = None) -> str | None:
    async with pool.connection() as conn:
        return await leases.acquire(conn, "bot", holder, NOW + timedelta(seconds=after), seconds=30, dead=dead)


async def test_one_holds_it_for_as_long_as_it_renews(empty_database: Pool) -> None:
    assert await acquire(empty_database, "a") is None
    assert await acquire(empty_database, "b", after=20) == "a"
    assert await acquire(empty_database, "a", after=20) is None
    assert await acquire(empty_database, "b", after=49) == "a"
    assert await acquire(empty_database, "b", after=50) is None
    assert await acquire(empty_database, "a", after=51) == "b"


async def test_of_many_at_once_one_gets_it(empty_database: Pool) -> None:
    answers = await asyncio.gather(*(acquire(empty_database, str(number)) for number in range(8)))
    assert answers.count(None) == 1


async def test_the_dead_are_inherited_at_once(empty_database: Pool) -> None:
    await acquire(empty_database, "a")
    assert await acquire(empty_database, "b", dead="c") == "a"
    assert await acquire(empty_database, "b", dead="a") is None


async def test_only_its_holder_gives_it_back(empty_database: Pool) -> None:
    await acquire(empty_database, "a")
    async with empty_database.connection() as conn:
        await leases.release(conn, "bot", "b")
        assert await leases.holder_of(conn, "bot") == "a"
        await leases.release(conn, "bot", "a")
        assert await leases.holder_of(conn, "bot") is None
