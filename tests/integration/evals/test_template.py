"""The template: named by its content, dated by the evals' own moment, and without chance."""

from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from evals.template import ensure_template, template_name
from evals.world import NOW


async def test_it_is_made_once(postgres: EmbeddedPostgres, evals_template: str) -> None:
    assert await ensure_template(postgres) == evals_template == template_name()


async def test_the_samples_are_dated_from_the_evals_moment_and_not_from_today(lane: Pool) -> None:
    async with lane.connection() as conn:
        row = await (
            await conn.execute("select min(ends_at) as soonest, max(starts_at) as latest from offers")
        ).fetchone()
        started = await (await conn.execute("select max(started_at) as at from experiments")).fetchone()
    assert row and started
    assert (row["latest"] - NOW).days == 29 and (NOW - row["soonest"]).days == 14
    assert started["at"] < NOW


async def test_ids_are_functions_of_what_their_rows_are_keyed_by(lane: Pool) -> None:
    query = "insert into leads (channel, chat) values ('evals', %s) returning id"
    async with lane.connection() as conn:
        ids = []
        for chat in ("a", "b", "a"):
            await conn.execute("delete from leads")
            row = await (await conn.execute(query, (chat,))).fetchone()
            assert row
            ids.append(row["id"])
    assert ids[0] == ids[2] != ids[1]
