"""Opening the database: embedded with samples, configured without them, or not at all and saying why."""

import pytest
from psycopg import sql

from core.db.database import open_database
from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from core.errors import DatabaseUnavailableError, SampleDataError
from core.settings import Settings
from tests.databases import cloned, data_folder
from tests.worlds import make_settings


def configured(url: str) -> Settings:
    """As with this DATABASE_URL; the settings themselves take no address of a socket, such as the tests' server has."""
    return make_settings().model_copy(update={"database_url": url})


async def counted(pool: Pool, table: str) -> int:
    async with pool.connection() as conn:
        query = sql.SQL("select count(*) as rows from {}").format(sql.Identifier(table))
        row = await (await conn.execute(query)).fetchone()
    assert row
    return int(row["rows"])


async def test_the_embedded_one_is_migrated_and_holds_each_sample_once() -> None:
    with data_folder() as folder:
        settings = make_settings(data_dir=folder)
        found = []
        for _ in range(2):
            async with open_database(settings) as pool:
                found.append([await counted(pool, table) for table in ("courses", "student_testimonials", "offers")])
        assert pool.closed
    assert found[0] == found[1]
    assert min(found[0]) > 0


async def test_a_configured_one_with_samples_is_refused_and_told_why(database_url: str) -> None:
    with pytest.raises(SampleDataError, match=r"courses \(\d+\).*delete from student_testimonials where is_sample"):
        async with open_database(configured(database_url)):
            pass


async def test_a_configured_one_is_migrated_and_gets_no_samples(
    postgres: EmbeddedPostgres, migrated_template: str
) -> None:
    async with (
        cloned(postgres, migrated_template) as url,
        open_database(configured(url)) as pool,
    ):
        assert await counted(pool, "courses") == 0


async def test_a_wrong_address_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailableError, match=r"Nobody answers at 127\.0\.0\.1:1") as caught:
        async with open_database(configured("postgresql://brenda:hunter2@127.0.0.1:1/brenda")):
            pass
    assert "hunter2" not in str(caught.value)
