"""Databases of one embedded server for tests: templates, and copies of them that live as long as one test."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from core.db.embedded import EmbeddedPostgres
from core.db.migrator import migrate
from core.db.pool import Pool, open_pool
from core.db.samples import seed

ROOM_BYTES = 4 * 1024**3
_numbers = count(1)


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder for a cluster. Not below pytest's: as root the server runs as another user, and each pytest that starts
    takes everybody else's rights on that folder away, under the feet of those that run beside it."""
    with TemporaryDirectory(prefix="brenda-test-", dir=_memory(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _memory() -> Path | None:
    """A file system in memory with room for the clusters of all workers: copying a database there is a matter of
    milliseconds, while a disk that is busy takes a third of a second."""
    shared = Path("/dev/shm")  # noqa: S108 - its folders are made for us alone
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM_BYTES
    return shared if roomy else None


def make_careless(server: EmbeddedPostgres) -> None:
    """Let the server not wait for the disk."""
    with psycopg.connect(server.url, autocommit=True) as conn:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            conn.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
        conn.execute("select pg_reload_conf()")


@asynccontextmanager
async def cloned(server: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """The address of a fresh copy of a database, which is dropped afterwards."""
    name = f"test_{next(_numbers)}"
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as conn:
        identifiers = (sql.Identifier(name), sql.Identifier(template))
        await conn.execute(sql.SQL("create database {} template {} strategy file_copy").format(*identifiers))
        try:
            yield server.database_url(name)
        finally:
            await conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@asynccontextmanager
async def cloned_pool(server: EmbeddedPostgres, template: str) -> AsyncIterator[Pool]:
    """A pool on a fresh copy of a database."""
    async with cloned(server, template) as url:
        pool = await open_pool(url, 8)
        try:
            yield pool
        finally:
            await pool.close()


async def make_template(server: EmbeddedPostgres, name: str, seed_path: Path | None) -> str:
    """A migrated database, with sample rows when they are given; nobody is connected to it afterwards."""
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as conn:
        await conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    pool = await open_pool(server.database_url(name), 2)
    try:
        await migrate(pool)
        if seed_path:
            async with pool.connection() as inner:
                await seed(inner, seed_path)
    finally:
        await pool.close()
    return name
