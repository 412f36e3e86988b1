"""Opening the database that is configured, or else the embedded one: reachable, migrated, and with the right data."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.db.embedded import start_embedded
from core.db.migrator import migrate
from core.db.pool import Pool, open_pool
from core.db.samples import refuse_samples, seed
from core.settings import Settings


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Pool]:
    """A pool on a database that is ready for real people, or, embedded, holds the sample courses.

    Raises:
        DatabaseUnavailableError: it cannot be reached or started.
        MigrationError: a migration failed.
        SampleDataError: a configured database holds sample rows.
    """
    if settings.database_url is None:
        server = start_embedded(settings.data_dir)
        url = server.url
    else:
        server, url = None, str(settings.database_url)
    try:
        pool = await open_pool(
            url, settings.database_pool_size, prepares=server is not None or settings.database_prepare
        )
        async with pool:
            await migrate(pool)
            async with pool.connection() as conn:
                await (refuse_samples(conn) if server is None else seed(conn))
            yield pool
    finally:
        if server is not None:
            server.close()
