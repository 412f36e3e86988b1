"""The template: a database with schema and sample rows as of the evals' own moment, made once and cloned.

It is named by what it is made of (migrations, sample rows, this module's SQL, the moment), so that it is made again
only when one of them changes, and an inner loop finds it ready. The sample rows are dated by `now()`; while they are
written a function of that name stands before PostgreSQL's own, or the world would be another one each day.
"""

import hashlib
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from core.db.embedded import EmbeddedPostgres
from core.db.migrator import MIGRATIONS, migrate
from core.db.pool import Connection, open_pool
from core.db.samples import SEED, seed
from core.db.statements import run
from evals.world import NOW

SCRIPT = Path(__file__).with_name("template.sql")
_LOCK = 4_795_213_901_772_640

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "checkpoint_timeout": "30min",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10min",
}
"""Durability is of no use to rows that are thrown away."""


def template_name() -> str:
    """The name, by the content of everything that the template is made of."""
    digest = hashlib.sha256(NOW.isoformat().encode())
    for path in (*sorted(MIGRATIONS.glob("*.sql")), SEED, SCRIPT, Path(__file__)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"evals_{digest.hexdigest()[:12]}"


def make_careless(server: EmbeddedPostgres) -> None:
    """Let the server not wait for the disk. It serves the evals only, in a folder of its own."""
    with psycopg.connect(server.url, autocommit=True) as conn:
        row = conn.execute("select current_setting('fsync')").fetchone()
        if row == ("off",):
            return
        for name, value in SETTINGS.items():
            conn.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        conn.execute("select pg_reload_conf()")


async def ensure_template(server: EmbeddedPostgres) -> str:
    """The template's name; made if it is not there. Those of other contents, and their clones, are dropped."""
    name = template_name()
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as conn:
        await conn.execute("select pg_advisory_lock(%s)", (_LOCK,))
        cursor = await conn.execute("select datname from pg_database where datname like 'evals\\_%'")
        known = [str(row[0]) for row in await cursor.fetchall()]
        if name not in known:
            await _drop_unused(conn, [other for other in known if not other.startswith(name)])
            draft = f"{name}_draft"
            await conn.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(draft)))
            await conn.execute(sql.SQL("create database {}").format(sql.Identifier(draft)))
            await _fill(server.database_url(draft), NOW)
            await conn.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(draft), sql.Identifier(name))
            )
    return name


async def _drop_unused(conn: psycopg.AsyncConnection[tuple[object, ...]], names: list[str]) -> None:
    for name in names:
        cursor = await conn.execute("select count(*) from pg_stat_activity where datname = %s", (name,))
        if await cursor.fetchone() == (0,):
            await conn.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


async def _fill(url: str, now: datetime) -> None:
    pool = await open_pool(url, 2)
    async with pool:
        await migrate(pool)
        async with pool.connection() as conn:
            await _stop_the_clock(conn, now)
            await seed(conn)
            await conn.execute("reset search_path")
            await conn.execute("drop schema evals_clock cascade")
            # What began "now" by a migration began before the scenarios do.
            await conn.execute("update experiments set started_at = %s - interval '7 days'", (now,))
            await run(conn, SCRIPT.read_text(encoding="utf-8"))
    # Leave the statistics that plans are made from.
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn_:
        await conn_.execute("vacuum analyze")


async def _stop_the_clock(conn: Connection, now: datetime) -> None:
    """In this session, unqualified `now()` is this moment; the session's zone is UTC wherever the machine stands."""
    await conn.execute("create schema evals_clock")
    body = sql.SQL("create function evals_clock.now() returns timestamptz language sql stable as {}")
    literal = sql.SQL("select timestamptz {}").format(sql.Literal(now.isoformat())).as_string(conn)
    await conn.execute(body.format(sql.Literal(literal)))
    await conn.execute("set search_path = evals_clock, pg_catalog, public")
    await conn.execute("set timezone = 'UTC'")
