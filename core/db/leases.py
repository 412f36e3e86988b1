"""Leases: a name that one process at a time may hold, for as long as it keeps renewing it."""

from datetime import datetime, timedelta

from core.db.pool import Connection


async def acquire(
    conn: Connection, name: str, holder: str, now: datetime, *, seconds: float, dead: str | None = None
) -> str | None:
    """Take or renew a lease for `seconds`. None when it is ours, else the holder whose lease still runs.

    `dead` is a holder that is known to be gone; its lease is taken over before it runs out.
    """
    cursor = await conn.execute(
        """
        insert into leases as held (name, holder, until) values (%(name)s, %(holder)s, %(until)s)
        on conflict (name) do update set holder = excluded.holder, until = excluded.until
        where held.until <= %(now)s or held.holder in (excluded.holder, %(dead)s)
        returning holder
        """,
        {"name": name, "holder": holder, "until": now + timedelta(seconds=seconds), "now": now, "dead": dead or holder},
    )
    if await cursor.fetchone():
        return None
    return await holder_of(conn, name) or await acquire(conn, name, holder, now, seconds=seconds, dead=dead)


async def holder_of(conn: Connection, name: str) -> str | None:
    """Who held the lease last; None when nobody does."""
    cursor = await conn.execute("select holder from leases where name = %s", (name,))
    row = await cursor.fetchone()
    return row["holder"] if row else None


async def release(conn: Connection, name: str, holder: str) -> None:
    """Give the lease back. Another's lease is left alone."""
    await conn.execute("delete from leases where name = %s and holder = %s", (name, holder))
