"""Lanes: nobody shares one, and what a conversation left is gone before the next."""

from typing import Any

from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from evals.database import open_lane, reset


async def _rows(pool: Pool, query: str) -> list[dict[str, Any]]:
    async with pool.connection() as conn:
        return await (await conn.execute(query.encode())).fetchall()


async def test_two_at_a_time_have_two_databases_and_the_next_takes_the_first_again(
    postgres: EmbeddedPostgres, evals_template: str
) -> None:
    name = "select current_database() as name"
    async with open_lane(postgres.url, evals_template) as one, open_lane(postgres.url, evals_template) as two:
        first, second = await _rows(one, name), await _rows(two, name)
    async with open_lane(postgres.url, evals_template) as again:
        assert await _rows(again, name) == first != second


async def test_a_reset_takes_away_rows_and_begins_every_sequence_again(lane: Pool) -> None:
    change = "insert into leads (channel, chat) values ('evals', 'x')"
    add = "insert into advisors (name, chat) values ('Otra', 'y') returning id"
    async with lane.connection() as conn:
        await conn.execute(change)
        first = await (await conn.execute(add)).fetchone()
    await reset(lane, catalog=True)
    async with lane.connection() as conn:
        second = await (await conn.execute(add)).fetchone()
    assert first == second and await _rows(lane, "select * from leads") == []


async def test_what_a_scenario_changed_of_the_catalog_stays_until_the_catalog_is_reset_too(lane: Pool) -> None:
    prices = "select price from courses order by id"
    before = await _rows(lane, prices)
    async with lane.connection() as conn:
        await conn.execute("update courses set price = 1")
        await conn.execute("delete from offers")
    await reset(lane, catalog=False)
    assert {row["price"] for row in await _rows(lane, prices)} == {1}
    await reset(lane, catalog=True)
    assert await _rows(lane, prices) == before and len(await _rows(lane, "select id from offers")) == 15


async def test_a_lane_that_was_left_untidy_is_clean_when_it_is_opened(
    postgres: EmbeddedPostgres, evals_template: str
) -> None:
    async with open_lane(postgres.url, evals_template) as pool, pool.connection() as conn:
        await conn.execute("delete from courses")
    async with open_lane(postgres.url, evals_template) as pool:
        assert len(await _rows(pool, "select id from courses")) == 3
