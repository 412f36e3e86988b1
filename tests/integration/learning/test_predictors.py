"""The version that serves: read once, changed without a restart, taken back, and never trusted when damaged."""

from datetime import timedelta

from core.db import predictors
from core.db.pool import Pool
from core.learning.predictors import Predictors
from core.learning.trained import Trained
from tests.histories import START


async def store(pool: Pool, rate: float, activate: bool = True, hours: int = 0) -> int:
    async with pool.connection() as conn:
        return await predictors.add(
            conn,
            kind="base_rate",
            model=Trained(rate).as_data(),
            report={},
            now=START + timedelta(hours=hours),
            activate=activate,
        )


async def active(pool: Pool) -> int | None:
    async with pool.connection() as conn:
        return await predictors.active(conn)


async def test_versions_follow_each_other_and_roll_back_to_the_scorecard(empty_database: Pool) -> None:
    assert await active(empty_database) is None
    first = await store(empty_database, 0.2)
    await store(empty_database, 0.9, activate=False, hours=1)
    second = await store(empty_database, 0.3, hours=2)
    for expected in (second, first):
        assert await active(empty_database) == expected
        async with empty_database.connection() as conn:
            assert await predictors.withdraw(conn, START) == expected
    async with empty_database.connection() as conn:
        assert await predictors.withdraw(conn, START) is None
    assert await active(empty_database) is None


async def test_a_new_version_is_served_without_a_restart(empty_database: Pool) -> None:
    serving = Predictors(empty_database)
    assert await serving.serve(None) is None
    for rate in (0.2, 0.3):
        version = await store(empty_database, rate)
        found = await serving.serve(version)
        assert found is not None
        prediction = found.predict({})
        assert (prediction.probability, prediction.predictor) == (rate, f"base_rate-{version}")


async def test_a_version_is_read_once(empty_database: Pool) -> None:
    serving, version = Predictors(empty_database), await store(empty_database, 0.2)
    first = await serving.serve(version)
    async with empty_database.connection() as conn:
        await conn.execute("delete from predictors")
    assert await serving.serve(version) is first is not None


async def test_a_damaged_or_missing_row_leaves_the_scorecard(empty_database: Pool) -> None:
    version = await store(empty_database, 0.2)
    async with empty_database.connection() as conn:
        await conn.execute("""update predictors set model = '{"form": 1, "rate": "x"}'""")
    assert await Predictors(empty_database).serve(version) is None
    assert await Predictors(empty_database).serve(version + 1) is None
