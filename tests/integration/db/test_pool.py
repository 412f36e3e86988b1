import asyncio
import os
import shutil
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from core.db.embedded import EmbeddedPostgres
from core.db.migrator import migrate, read_migrations
from core.db.pool import Pool, open_pool
from core.errors import DatabaseUnavailableError
from tests.databases import cloned

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
SERVER_SIDE = 2
"""How many server sessions the pooler keeps, fewer than clients."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def number(pool: Pool, query: str) -> int:
    async with pool.connection() as conn:
        row = await (await conn.execute(query.encode())).fetchone()
        return int(row["n"]) if row else -1


async def test_prepares_nothing_on_the_server(database: Pool) -> None:
    async with database.connection() as conn:
        for course in range(30):
            await conn.execute("select * from courses where id = %s", [course])
        found = await (await conn.execute("select name from pg_prepared_statements")).fetchall()
    assert found == []


async def test_gives_dicts_in_autocommit(database: Pool) -> None:
    async with database.connection() as conn:
        assert conn.autocommit
        assert await (await conn.execute("select 1 as one")).fetchone() == {"one": 1}


async def test_moments_are_utc_whatever_the_session_thinks(database: Pool) -> None:
    moment = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(-timedelta(hours=5)))
    async with database.connection() as conn:
        await conn.execute("set time zone 'America/Bogota'")
        for binary in (False, True):
            row = await (await conn.execute("select %s::timestamptz as at", [moment], binary=binary)).fetchone()
            assert row is not None
            assert row["at"] == moment
            assert row["at"].tzinfo is UTC
        await conn.execute("reset time zone")


async def test_connection_that_died_is_replaced(database: Pool) -> None:
    async with database.connection() as conn:
        others = "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        await conn.execute(f"{others} where datname = current_database() and pid <> pg_backend_pid()".encode())
    counts = await asyncio.gather(*(number(database, "select count(*) as n from courses") for _ in range(8)))
    assert counts == [3] * 8


async def test_nobody_answers() -> None:
    port = free_port()
    with pytest.raises(DatabaseUnavailableError) as caught:
        await open_pool(f"postgresql://brenda:s3cr3t@127.0.0.1:{port}/brenda", 4)
    assert f"127.0.0.1:{port}; check DATABASE_URL" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


async def test_database_does_not_exist(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(DatabaseUnavailableError, match=r'database "nowhere" does not exist; check DATABASE_URL'):
        await open_pool(postgres.database_url("nowhere"), 4)


@pytest.mark.parametrize("url", ["postgresql+driver://brenda:s3cr3t@host/name", "s3cr3t", ""])
async def test_address_that_cannot_be_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(free_port()))
    with pytest.raises(DatabaseUnavailableError) as caught:
        await open_pool(url, 4)
    assert "DATABASE_URL" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


@pytest.fixture
async def pooler_url(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database behind pgbouncer in transaction mode, with fewer sessions than clients."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed: `apt-get install pgbouncer` to run this test")
    async with cloned(postgres, "template1") as url:
        port = free_port()
        settings = tmp_path / "pgbouncer.ini"
        settings.write_text(pgbouncer_settings(url, port))
        # It refuses to be root; the embedded server has made a user who may read its socket.
        user = ["-u", "pgserver"] if os.geteuid() == 0 else []
        process = await asyncio.create_subprocess_exec(PGBOUNCER, "-q", *user, str(settings))
        try:
            name = urlsplit(url).path.removeprefix("/")
            yield await answering(f"postgresql://postgres@127.0.0.1:{port}/{name}", process)
        finally:
            process.kill()
            await process.wait()


def pgbouncer_settings(url: str, port: int) -> str:
    host = parse_qs(urlsplit(url).query)["host"][0]
    return f"""
        [databases]
        * = host={host} port=5432 user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = {SERVER_SIDE}
    """.replace("        ", "")


async def answering(url: str, process: Process) -> str:
    while True:
        assert process.returncode is None, "pgbouncer ended"
        try:
            async with await psycopg.AsyncConnection.connect(url):
                return url
        except psycopg.OperationalError:
            await asyncio.sleep(0.02)


async def test_works_through_a_transaction_pooler(pooler_url: str) -> None:
    pool = await open_pool(pooler_url, 12)
    try:
        assert len(await migrate(pool)) == len(read_migrations())
        sessions = await asyncio.gather(*(written(pool, update) for update in range(64)))
        assert len(set(sessions)) <= SERVER_SIDE
        assert await number(pool, "select count(*) as n from inbox") == 64
        assert await number(pool, "select count(*) as n from pg_prepared_statements") == 0
    finally:
        await pool.close()


async def written(pool: Pool, update: int) -> int:
    """Store a row, read it back in the same transaction, and tell which server session did it."""
    async with pool.connection() as conn, conn.transaction():
        await conn.execute(
            "insert into inbox (channel, update_id, chat, input) values ('telegram', %s, 'chat', '{}')", [update]
        )
        query = "select pg_backend_pid() as pid from inbox where update_id = %s"
        row = await (await conn.execute(query, [update])).fetchone()
        assert row is not None
        return int(row["pid"])
