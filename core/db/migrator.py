"""Bringing a database to the schema that this code expects.

The history is kept where and as the Supabase CLI keeps it, so that `supabase db push` and `bot.py migrate` agree on
what is applied. Each file runs in one transaction together with its row of history. Then come the tables of the
libraries (procrastinate, LangGraph's saver), and at last every table of `public` is locked to the outside: Supabase
serves that schema to the world, and the libraries know nothing of row-level security.

Only one process migrates at a time: a gate connection holds an advisory *transaction* lock, the only kind that lives
through a transaction pooler, while the work is done on another. Waiting is done by asking again and not by blocking,
because the saver builds indexes concurrently, and those wait for every statement that is under way.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from core.db.pool import Connection, Pool
from core.db.statements import StatementError, run, split
from core.errors import MigrationError

MIGRATIONS = Path(__file__).resolve().parents[2] / "supabase" / "migrations"

_NAME = re.compile(r"(?P<version>\d+)_(?P<name>\w+)\.sql")
_GATE = 4_795_213_901_772_635
_WAIT_SECONDS = 120.0
_ASK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of the folder of migrations."""

    version: str
    name: str
    path: Path
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MigrationState:
    """Which versions the database has, and which files it lacks, both in order."""

    applied: tuple[str, ...]
    unapplied: tuple[Migration, ...]


def read_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """The folder's files in the order of their versions.

    Raises:
        MigrationError: the folder is missing or empty, a name is malformed, or two files share a version.
    """
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise MigrationError(f"{folder} holds no .sql file.")
    migrations = sorted((_read(path) for path in files), key=lambda migration: migration.version)
    for one, two in pairwise(migrations):
        if one.version == two.version:
            raise MigrationError(f"{one.path.name} and {two.path.name} have the same version; rename one of them.")
    return tuple(migrations)


async def migration_state(conn: Connection, folder: Path = MIGRATIONS) -> MigrationState:
    """Compare the database's history with the folder; changes nothing.

    Raises:
        MigrationError: the database was migrated by other, newer code.
    """
    migrations = read_migrations(folder)
    applied = await _applied(conn)
    known = {migration.version for migration in migrations}
    if unknown := [version for version in applied if version not in known]:
        raise MigrationError(
            f"The database is ahead of this code: it has {', '.join(unknown)}, and {folder} does not. Run the code "
            "that made it; or, if that version was given up, `supabase migration repair --status reverted VERSION`."
        )
    return MigrationState(applied, tuple(item for item in migrations if item.version not in applied))


async def migrate(pool: Pool, folder: Path = MIGRATIONS) -> tuple[str, ...]:
    """Apply what is missing and lock every public table. Takes two connections of the pool; safe to run at once twice.

    Returns:
        The versions applied now.

    Raises:
        MigrationError: names file and line of the statement that failed; its file is rolled back whole.
    """
    async with pool.connection() as gate, _alone(gate), pool.connection() as conn:
        await _make_history(conn)
        state = await migration_state(conn, folder)
        for migration in state.unapplied:
            await _apply(conn, migration)
        await _make_queue(conn)
        await _make_checkpoints(conn)
        await _lock_public(conn)
        return tuple(migration.version for migration in state.unapplied)


def _read(path: Path) -> Migration:
    if not (found := _NAME.fullmatch(path.name)):
        raise MigrationError(f"{path}: the name should look like 20261122000001_catalog.sql.")
    try:
        return Migration(found["version"], found["name"], path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise MigrationError(f"{path}: {error}") from None


@asynccontextmanager
async def _alone(gate: Connection) -> AsyncIterator[None]:
    """Hold the gate's lock in an open transaction; the lock ends with the transaction, come what may."""
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while True:
        async with gate.transaction():
            # Without a parameter on purpose: with one, the server keeps the statement's snapshot until the transaction
            # ends, and the indexes that the saver builds concurrently would wait for it for ever.
            cursor = await gate.execute(sql.SQL("select pg_try_advisory_xact_lock({}) as mine").format(_GATE))
            row = await cursor.fetchone()
            if row and row["mine"]:
                yield
                return
        if asyncio.get_running_loop().time() > deadline:
            raise MigrationError(f"Another process has been migrating for {_WAIT_SECONDS:.0f} seconds; end it first.")
        await asyncio.sleep(_ASK_SECONDS)


async def _make_history(conn: Connection) -> None:
    """The table as the Supabase CLI makes it; on a project of theirs it is there and may have more columns."""
    if await _has_history(conn):
        return
    async with conn.transaction():
        await conn.execute("create schema if not exists supabase_migrations")
        await conn.execute(
            "create table supabase_migrations.schema_migrations"
            " (version text not null primary key, statements text[], name text)"
        )


async def _has_history(conn: Connection) -> bool:
    cursor = await conn.execute("select to_regclass('supabase_migrations.schema_migrations') is not null as there")
    row = await cursor.fetchone()
    return bool(row and row["there"])


async def _applied(conn: Connection) -> tuple[str, ...]:
    if not await _has_history(conn):
        return ()
    cursor = await conn.execute("select version from supabase_migrations.schema_migrations order by version")
    return tuple([str(row["version"]) async for row in cursor])


async def _apply(conn: Connection, migration: Migration) -> None:
    statements = [statement.text for statement in split(migration.text)]
    try:
        async with conn.transaction():
            await run(conn, migration.text)
            await conn.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
                [migration.version, migration.name, statements],
            )
    except StatementError as error:
        raise MigrationError(f"{migration.path}:{error.line}: {error.reason}") from error
    except psycopg.Error as error:
        raise MigrationError(f"{migration.path}: {error}") from error


async def _make_queue(conn: Connection) -> None:
    from procrastinate.schema import SchemaManager

    cursor = await conn.execute("select to_regclass('public.procrastinate_jobs') is null as missing")
    row = await cursor.fetchone()
    if row and row["missing"]:
        async with conn.transaction():
            await conn.execute(SchemaManager.get_schema())


async def _make_checkpoints(conn: Connection) -> None:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

    await AsyncPostgresSaver(conn).setup()


async def _lock_public(conn: Connection) -> None:
    """Row-level security in every public table, and no right of the world's roles on tables or libraries' functions."""
    async with conn.transaction():
        for name in await _open_tables(conn):
            await conn.execute(sql.SQL("alter table public.{} enable row level security").format(sql.Identifier(name)))
        for role in await _world_roles(conn):
            for statement in _REVOKE:
                await conn.execute(sql.SQL(statement).format(sql.Identifier(role)))
        for signature in await _library_functions(conn):
            await conn.execute(sql.SQL("revoke execute on function {} from public").format(sql.SQL(signature)))


_REVOKE: tuple[LiteralString, ...] = (
    "revoke all on all tables in schema public from {}",
    "revoke all on all sequences in schema public from {}",
    "revoke all on all functions in schema public from {}",
    "alter default privileges in schema public revoke all on tables from {}",
    "alter default privileges in schema public revoke all on sequences from {}",
    "alter default privileges in schema public revoke all on functions from {}",
)


async def _open_tables(conn: Connection) -> list[str]:
    cursor = await conn.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p') and not relrowsecurity order by relname"
    )
    return [row["relname"] async for row in cursor]


async def _world_roles(conn: Connection) -> list[str]:
    cursor = await conn.execute("select rolname from pg_roles where rolname in ('anon', 'authenticated')")
    return [row["rolname"] async for row in cursor]


async def _library_functions(conn: Connection) -> list[LiteralString]:
    """Signatures, quoted by the server, of the queue's functions that everybody may still call."""
    cursor = await conn.execute(
        "select p.oid::regprocedure::text as signature from pg_proc p where p.pronamespace = 'public'::regnamespace"
        " and starts_with(p.proname, 'procrastinate_') and (p.proacl is null or exists"
        " (select from aclexplode(p.proacl) where grantee = 0))"
    )
    return [row["signature"] async for row in cursor]
