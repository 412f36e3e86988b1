"""The prompt sets that were in force: every sent message names one by its hash."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb

from core.db.pool import Connection


async def keep(conn: Connection, digest: str, files: Mapping[str, str]) -> None:
    """Store a prompt set (path of each file -> its text) under its hash, once."""
    await conn.execute(
        "insert into prompt_versions (hash, files) values (%s, %s) on conflict (hash) do nothing",
        (digest, Jsonb(dict(files))),
    )
