"""Sample rows: what the embedded database shows, and what a real one must not hold.

Every sample row says so in its column `is_sample`. Real people must never be shown an invented testimonial, so that the
start on a configured database stops while there is one.
"""

from pathlib import Path

import psycopg
from psycopg import sql

from core.db.pool import Connection
from core.db.statements import StatementError, run
from core.errors import DatabaseError, SampleDataError

SEED = Path(__file__).resolve().parents[2] / "supabase" / "seed.sql"

_SEED_LOCK = 4_795_213_901_772_636


async def seed(conn: Connection, path: Path = SEED) -> None:
    """Run the script of sample rows, whole or not at all; for the embedded database only.

    Raises:
        DatabaseError: the file is missing, or a statement fails; names file and line.
    """
    try:
        script = _read(path)
        async with conn.transaction():
            await conn.execute("select pg_advisory_xact_lock(%s)", [_SEED_LOCK])
            await run(conn, script)
    except (OSError, UnicodeError) as error:
        raise DatabaseError(f"The sample rows {path} cannot be read: {error}.") from None
    except StatementError as error:
        raise DatabaseError(f"The sample rows {path}:{error.line}: {error.reason}") from error
    except psycopg.Error as error:
        raise DatabaseError(f"The sample rows {path}: {error}") from error


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def refuse_samples(conn: Connection) -> None:
    """Stop if the database holds a sample row; for a configured database.

    Raises:
        SampleDataError: names the tables, how many rows each holds, and the statements that delete them.
    """
    counts = await sample_counts(conn)
    if counts:
        listed = ", ".join(f"{table} ({count})" for table, count in counts.items())
        deletes = " ".join(f"delete from {table} where is_sample;" for table in counts)  # noqa: S608 - shown, never run
        raise SampleDataError(
            f"Found in: {listed}. Delete them before talking to real people: begin; {deletes} commit;"
        )


async def sample_counts(conn: Connection) -> dict[str, int]:
    """How many sample rows each table holds, without those that hold none; `courses`, which others refer to, last."""
    cursor = await conn.execute(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'is_sample'"
        " order by table_name = 'courses', table_name"
    )
    tables = [row["table_name"] async for row in cursor]
    if not tables:
        return {}
    count = "select {} as name, count(*) as rows from public.{} where is_sample"
    query = sql.SQL(" union all ").join(
        sql.SQL(count).format(sql.Literal(table), sql.Identifier(table)) for table in tables
    )
    cursor = await conn.execute(query)
    found = {row["name"]: row["rows"] async for row in cursor}
    return {table: found[table] for table in tables if found[table]}
