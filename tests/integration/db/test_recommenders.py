"""The recommender's versions: at most one in force, and every old one at hand."""

from datetime import UTC, datetime

from core.db import recommenders
from core.db.pool import Pool

NOW = datetime(2026, 11, 1, tzinfo=UTC)


async def add(pool: Pool, name: str) -> int:
    async with pool.connection() as conn:
        return await recommenders.add(
            conn, {"name": name}, reward={"sale": 1.0}, decisions=9, leads=3, since=NOW, until=NOW, now=NOW
        )


async def put(pool: Pool, version: int | None) -> bool:
    async with pool.connection() as conn:
        return await recommenders.put_in_force(conn, version)


async def in_force(pool: Pool) -> list[int]:
    async with pool.connection() as conn:
        return [one.id for one in await recommenders.newest(conn) if one.in_force]


async def test_a_new_version_waits_until_it_is_put_in_force(empty_database: Pool) -> None:
    version = await add(empty_database, "first")
    assert await in_force(empty_database) == []
    assert await put(empty_database, version)
    assert await in_force(empty_database) == [version]


async def test_one_takes_the_place_of_the_other_and_back(empty_database: Pool) -> None:
    first, second = await add(empty_database, "first"), await add(empty_database, "second")
    for version in (first, second, first):
        assert await put(empty_database, version)
        assert await in_force(empty_database) == [version]
    assert await put(empty_database, None)
    assert await in_force(empty_database) == []


async def test_what_does_not_exist_changes_nothing(empty_database: Pool) -> None:
    version = await add(empty_database, "first")
    await put(empty_database, version)
    assert not await put(empty_database, 999)
    assert await in_force(empty_database) == [version]


async def test_a_version_is_read_with_its_numbers(empty_database: Pool) -> None:
    version = await add(empty_database, "first")
    async with empty_database.connection() as conn:
        assert await recommenders.load(conn, version) == {"name": "first"}
        assert await recommenders.load(conn, 999) is None
        [listed] = await recommenders.newest(conn)
    assert (listed.decisions, listed.leads, listed.reward, listed.created_at) == (9, 3, {"sale": 1.0}, NOW)
