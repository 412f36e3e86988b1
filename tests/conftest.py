"""A real PostgreSQL for every test that needs one: made once, cloned from a template for each test.

`database` is migrated and holds the sample rows, `empty_database` is migrated only, `database_url` is the address of a
clone like `database`'s without a pool, and `postgres` the server itself, for tests that make their own databases.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from core.db.embedded import EmbeddedPostgres, start_embedded
from core.db.pool import Pool
from core.db.samples import SEED
from tests.databases import cloned, cloned_pool, data_folder, make_careless, make_template

# How fast a machine is, or what else it does meanwhile, is no property of the code.
settings.register_profile("brenda", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("brenda")


@pytest.fixture(autouse=True)
def default_logs() -> Iterator[None]:
    """Whatever a test set up, such as a level at which nothing is logged, is none of the next one's."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server, with a disk that it need not wait for."""
    with data_folder() as folder:
        server = start_embedded(folder)
        make_careless(server)
        yield server
        server.close()


@pytest.fixture(scope="session")
async def migrated_template(postgres: EmbeddedPostgres) -> str:
    """Name of a migrated database to clone; nobody may connect to it."""
    return await make_template(postgres, "template_migrated", None)


@pytest.fixture(scope="session")
async def seeded_template(postgres: EmbeddedPostgres) -> str:
    """Name of a migrated database with the sample rows to clone; nobody may connect to it."""
    return await make_template(postgres, "template_seeded", SEED)


@pytest.fixture
async def database(postgres: EmbeddedPostgres, seeded_template: str) -> AsyncIterator[Pool]:
    """A pool on a fresh database with schema and sample rows."""
    async with cloned_pool(postgres, seeded_template) as pool:
        yield pool


@pytest.fixture
async def empty_database(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[Pool]:
    """A pool on a fresh database with the schema only."""
    async with cloned_pool(postgres, migrated_template) as pool:
        yield pool


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres, seeded_template: str) -> AsyncIterator[str]:
    """The address of a fresh database with schema and sample rows."""
    async with cloned(postgres, seeded_template) as url:
        yield url
