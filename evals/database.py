"""Databases for conversations: a lane is a clone of the template that plays one conversation after the other.

Clones stay for the next run, so that a single scenario need not wait for one; a lock tells whether a lane is taken by
another run. Between two conversations everything that one left is deleted and every sequence begins again, so that
ids, too, are the same whichever conversation came before.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from core.db.embedded import EmbeddedPostgres, start_embedded
from core.db.pool import Pool, utc_adapters
from evals.template import ensure_template, make_careless

FOLDER = "evals"
MOST_LANES = 64
POOL_SIZE = 4
_LANES_LOCK = 4_795_213_901_772_641


@asynccontextmanager
async def open_cluster(data_dir: Path) -> AsyncIterator[tuple[EmbeddedPostgres, str]]:
    """The evals' own server below the data folder, and the name of its template."""
    server = start_embedded(data_dir / FOLDER)
    try:
        make_careless(server)
        yield server, await ensure_template(server)
    finally:
        server.close()


@asynccontextmanager
async def open_lane(server_url: str, template: str) -> AsyncIterator[Pool]:
    """A pool on a lane that nobody else uses, and that is as the template was."""
    async with await AsyncConnection.connect(server_url, autocommit=True) as conn:
        name = await _take_lane(conn, template)
        try:
            async with _pool(server_url.replace("/postgres?", f"/{name}?", 1)) as pool:
                await reset(pool, catalog=True)
                yield pool
        finally:
            await _give_back(conn)


async def reset(pool: Pool, *, catalog: bool) -> None:
    """Take away what conversations left; with `catalog`, what a scenario changed of the sample world too."""
    async with pool.connection() as conn:
        await conn.execute("select evals.reset(%s)", (catalog,))


async def _take_lane(conn: AsyncConnection[tuple[object, ...]], template: str) -> str:
    """The first lane whose lock is free, cloned if there was none."""
    for number in range(MOST_LANES):
        got = await (await conn.execute("select pg_try_advisory_lock(%s, %s)", (_key(template), number))).fetchone()
        if got != (True,):
            continue
        name = f"{template}_lane_{number}"
        there = await (await conn.execute("select 1 from pg_database where datname = %s", (name,))).fetchone()
        if not there:
            await conn.execute("select pg_advisory_lock(%s)", (_LANES_LOCK,))  # a template is cloned by one at a time
            draft, identifier = sql.Identifier(f"{name}_draft"), sql.Identifier(name)
            await conn.execute(sql.SQL("drop database if exists {} with (force)").format(draft))
            clone = sql.SQL("create database {} template {} strategy file_copy")
            await conn.execute(clone.format(draft, sql.Identifier(template)))
            await conn.execute(sql.SQL("alter database {} rename to {}").format(draft, identifier))
            await conn.execute("select pg_advisory_unlock(%s)", (_LANES_LOCK,))
        return name
    raise psycopg.OperationalError(f"all {MOST_LANES} lanes are taken")


async def _give_back(conn: AsyncConnection[tuple[object, ...]]) -> None:
    """Free the lane before whoever had it goes on: the server ends a closed connection's lock a moment later."""
    with suppress(psycopg.Error):  # without its server the lock is gone already
        await conn.execute("select pg_advisory_unlock_all()")


def _key(template: str) -> int:
    """The template as a signed number of 32 bits."""
    return int(template.removeprefix("evals_")[:8], 16) - 2**31


class _Context:
    def __init__(self) -> None:
        self.adapters = utc_adapters()
        self.connection = None


async def _in_autocommit(conn: AsyncConnection[DictRow]) -> None:
    await conn.set_autocommit(True)


def _pool(url: str) -> AsyncConnectionPool[AsyncConnection[DictRow]]:
    """As `core.db.pool` opens one, but statements are prepared: nothing here goes through a transaction pooler."""
    return AsyncConnectionPool(
        url,
        connection_class=AsyncConnection[DictRow],
        configure=_in_autocommit,
        kwargs={"row_factory": dict_row, "prepare_threshold": 1, "context": _Context(), "options": "-c TimeZone=UTC"},
        min_size=2,
        max_size=POOL_SIZE,
        open=False,
    )
