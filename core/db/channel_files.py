"""The files that a channel already holds, by path and digest of their content, so that each is uploaded once.

A changed file has another digest and so is uploaded again. A channel may forget a file; then so do we.
"""

from core.db.pool import Connection


async def find(conn: Connection, channel: str, path: str, digest: str) -> str | None:
    """The channel's own id of the file, if it was uploaded."""
    cursor = await conn.execute(
        "select external_id from channel_files where channel = %s and path = %s and digest = %s",
        (channel, path, digest),
    )
    row = await cursor.fetchone()
    return row["external_id"] if row else None


async def keep(conn: Connection, channel: str, path: str, digest: str, external_id: str) -> None:
    """Remember an upload; the newest id wins."""
    await conn.execute(
        """
        insert into channel_files (channel, path, digest, external_id) values (%s, %s, %s, %s)
        on conflict (channel, path, digest) do update set external_id = excluded.external_id
        """,
        (channel, path, digest, external_id),
    )
