import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.db.embedded import EmbeddedPostgres
from core.db.migrator import MIGRATIONS, migrate, migration_state, read_migrations
from core.db.pool import Connection, Pool, open_pool
from core.db.statements import split
from core.errors import MigrationError
from tests.databases import cloned, cloned_pool

VERSIONS = tuple(migration.version for migration in read_migrations())
ROWS = "select to_jsonb(h)::text from supabase_migrations.schema_migrations h order by version"
# A project of Supabase has more columns in its history than the command line makes, and hands rights out by default.
SUPABASE = """
    create schema supabase_migrations;
    create table supabase_migrations.schema_migrations (
        version text not null primary key, statements text[], name text, created_by text, idempotency_key text unique
    );
    create role anon nologin;
    create role authenticated nologin;
    grant usage on schema public to anon, authenticated;
    alter default privileges in schema public grant all on tables to anon, authenticated;
    alter default privileges in schema public grant all on sequences to anon, authenticated;
    alter default privileges in schema public grant all on functions to anon, authenticated;
"""


@pytest.fixture
async def bare_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database in which nobody has ever done anything."""
    async with cloned(postgres, "template1") as url:
        yield url


@pytest.fixture
async def bare(postgres: EmbeddedPostgres) -> AsyncIterator[Pool]:
    async with cloned_pool(postgres, "template1") as pool:
        yield pool


@pytest.fixture
async def supabase(bare: Pool) -> AsyncIterator[Pool]:
    """A bare database with the roles, rights and history of a Supabase project."""
    async with bare.connection() as conn:
        await conn.execute(SUPABASE.encode())
        yield bare
        await conn.execute("drop owned by anon, authenticated")
        await conn.execute("drop role anon, authenticated")


async def values(conn: Connection, query: str, *parameters: object) -> list[object]:
    cursor = await conn.execute(query.encode(), parameters or None)
    return [next(iter(row.values())) for row in await cursor.fetchall()]


async def tables(conn: Connection) -> list[str]:
    return [str(name) for name in await values(conn, "select tablename from pg_tables where schemaname = 'public'")]


def folder_of(path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


async def test_builds_everything_from_nothing(bare: Pool) -> None:
    assert await migrate(bare) == VERSIONS
    async with bare.connection() as conn:
        assert {"courses", "leads", "outbox", "procrastinate_jobs", "checkpoints"} <= set(await tables(conn))
        state = await migration_state(conn)
    assert state.applied == VERSIONS
    assert state.unapplied == ()


async def test_second_time_changes_nothing(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        before = await values(conn, ROWS)
    assert await migrate(empty_database) == ()
    async with empty_database.connection() as conn:
        assert await values(conn, ROWS) == before


async def test_processes_that_start_at_once_do_not_collide(bare_url: str) -> None:
    pools = [await open_pool(bare_url, 2) for _ in range(4)]
    try:
        done = await asyncio.gather(*(migrate(pool) for pool in pools))
    finally:
        await asyncio.gather(*(pool.close() for pool in pools))
    assert sorted(done) == sorted([VERSIONS, (), (), ()])


async def test_tells_applied_from_unapplied_and_changes_nothing(bare: Pool) -> None:
    async with bare.connection() as conn:
        state = await migration_state(conn)
        assert state.applied == ()
        assert tuple(migration.version for migration in state.unapplied) == VERSIONS
        assert await tables(conn) == []


async def test_history_is_kept_as_the_supabase_command_line_keeps_it(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        columns = await values(
            conn,
            "select column_name || ' ' || data_type from information_schema.columns"
            " where table_schema = 'supabase_migrations' order by ordinal_position",
        )
        rows = await values(conn, ROWS)
    assert columns == ["version text", "statements ARRAY", "name text"]
    for row, migration in zip(rows, read_migrations(), strict=True):
        kept = json.loads(str(row))
        assert f"{kept['version']}_{kept['name']}.sql" == migration.path.name
        assert kept["statements"] == [statement.text for statement in split(migration.text)]


async def test_agrees_with_what_the_supabase_command_line_applied(supabase: Pool) -> None:
    first = read_migrations()[0]
    async with supabase.connection() as conn:
        await conn.execute(first.text.encode())
        await conn.execute(
            "insert into supabase_migrations.schema_migrations (version, statements, name, created_by)"
            " values (%s, %s, %s, 'cli')",
            [first.version, [first.text], first.name],
        )
    assert await migrate(supabase) == VERSIONS[1:]
    async with supabase.connection() as conn:
        assert await values(conn, "select created_by from supabase_migrations.schema_migrations order by version") == [
            "cli",
            *[None] * len(VERSIONS[1:]),
        ]


@pytest.mark.parametrize(
    ("fault", "line", "reason"),
    [
        ("create table later (\n    id integer,\n    oops nonsense\n);", 6, 'type "nonsense" does not exist'),
        ("-- why\n\nselect 1 / 0;", 6, "division by zero"),
        ("do $$ begin\n    raise exception 'no; really';\nend $$;", 4, "no; really"),
        ("commit;", 4, "COMMIT is not allowed"),
    ],
)
async def test_failing_file_is_rolled_back_and_named(
    bare: Pool, tmp_path: Path, fault: str, line: int, reason: str
) -> None:
    good = "create table sooner (id integer);"
    broken = f"-- a comment; with a semicolon\ncreate table half (id integer);\n\n{fault}\n"
    folder = folder_of(tmp_path, {"1_good.sql": good, "2_broken.sql": broken, "3_never.sql": "select 1;"})
    with pytest.raises(MigrationError) as caught:
        await migrate(bare, folder)
    assert f"2_broken.sql:{line}: {reason}" in str(caught.value)
    async with bare.connection() as conn:
        assert await tables(conn) == ["sooner"]
        assert await values(conn, "select version from supabase_migrations.schema_migrations") == ["1"]


async def test_goes_on_after_the_fault_is_mended(bare: Pool, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1_good.sql": "select 1;", "2_broken.sql": "select 1 from nowhere;"})
    with pytest.raises(MigrationError):
        await migrate(bare, folder)
    folder_of(tmp_path, {"2_broken.sql": "create table somewhere ();"})
    assert await migrate(bare, folder) == ("2",)


async def test_database_ahead_of_the_code_is_refused(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        await conn.execute(
            "insert into supabase_migrations.schema_migrations (version, name) values ('99990101000000', 'future')"
        )
    with pytest.raises(MigrationError, match=r"ahead of this code: it has 99990101000000"):
        await migrate(empty_database)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "holds no .sql file"),
        ({"first.sql": "select 1;"}, "should look like 20261122000001_catalog.sql"),
        ({"1_one.sql": "", "1_two.sql": ""}, "have the same version"),
    ],
)
def test_malformed_folder_is_refused(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(MigrationError, match=reason):
        read_migrations(folder_of(tmp_path, files))


async def test_every_public_table_has_row_level_security_and_no_policy(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        unprotected = "select tablename from pg_tables where schemaname = 'public' and not rowsecurity"
        assert await values(conn, unprotected) == []
        assert await values(conn, "select policyname from pg_policies where schemaname = 'public'") == []
        assert len(await tables(conn)) > len(VERSIONS)


async def test_the_world_of_a_supabase_project_can_read_and_do_nothing(supabase: Pool) -> None:
    await migrate(supabase)
    async with supabase.connection() as conn:
        names = await tables(conn)
        functions = await values(
            conn,
            "select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace"
            " and (has_function_privilege('anon', oid, 'execute')"
            " or has_function_privilege('authenticated', oid, 'execute'))",
        )
        assert functions == []
        for role in ("anon", "authenticated"):
            assert await readable(conn, role, names) == []


async def readable(conn: Connection, role: str, names: Sequence[str]) -> list[str]:
    """The tables that the role can select from, found by trying."""
    return [name for name in names if await reads(conn, role, name)]


async def reads(conn: Connection, role: str, name: str) -> bool:
    try:
        async with as_role(conn, role):
            await conn.execute(sql.SQL("select 1 from {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


@asynccontextmanager
async def as_role(conn: Connection, role: str) -> AsyncIterator[None]:
    async with conn.transaction():
        await conn.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        yield


async def test_queue_still_works_for_its_owner(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        jobs = await values(
            conn,
            "select * from procrastinate_defer_jobs_v1(array[row('default', 'turn', 0, 'chat', null, '{}', null)"
            "::procrastinate_job_to_defer_v1])",
        )
    assert len(jobs) == 1


def test_migrations_are_found_wherever_the_process_stands() -> None:
    assert MIGRATIONS.is_absolute()
    assert all(migration.text.strip() for migration in read_migrations())
