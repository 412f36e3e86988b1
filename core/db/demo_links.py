"""Invitations to a demonstration: the rows behind demo links.

A link carries only its row's id. Whether it still opens is told by the row, and a link to a row that is not there
looks the same as a forged one. One that was booked with opens until that demonstration is over.
"""

from datetime import datetime, timedelta
from uuid import UUID

from core.db.pool import Connection
from core.domain.promises import DemoLink
from core.errors import ExpiredLinkError, ForgedLinkError
from core.integrations.links import LinkPurpose, LinkSigner

MAX_LINK_AGE = timedelta(days=100)
"""Beyond any moment until which a row can open, with what was booked on its last day: the row decides first."""

_COLUMNS = "id, lead_id, course_id, turn_id, created_at, expires_at, opened_at, used_at"
_BY_ID = f"""
    select {_COLUMNS}, scheduling_url, greatest(expires_at, (
        select max(ends_at) from bookings
        where lead_id = demo_links.lead_id and course_id = demo_links.course_id and status = 'booked'
    )) as open_until
    from demo_links where id = %s
"""  # noqa: S608
# Updating a row to what it is makes a second call see the first one's row, even while that one is being written.
_CREATE = f"""
    insert into demo_links (lead_id, course_id, turn_id, created_at, expires_at, key)
    select %(lead_id)s, c.id, %(turn_id)s, %(now)s, %(expires_at)s, %(key)s
    from courses c where c.id = %(course_id)s and c.is_active and (%(samples)s or not c.is_sample)
    on conflict (key) do update set key = excluded.key
    returning {_COLUMNS}
"""  # noqa: S608


async def create(
    conn: Connection,
    *,
    key: str,
    turn_id: str,
    lead_id: UUID,
    course_id: int,
    now: datetime,
    expires_at: datetime,
    samples: bool,
) -> DemoLink | None:
    """A new invitation, or the one that has this key; None when the course is not sold."""
    values = {"key": key, "turn_id": turn_id, "lead_id": lead_id, "course_id": course_id, "now": now}
    found = await conn.execute(_CREATE, {**values, "expires_at": expires_at, "samples": samples})
    row = await found.fetchone()
    return DemoLink.model_validate(row) if row else None


async def open_link(conn: Connection, token: str, signer: LinkSigner, now: datetime) -> DemoLink:
    """The invitation that a link stands for.

    Raises:
        ForgedLinkError: we did not make it, not for a demonstration, or its row is gone; nothing tells which.
        ExpiredLinkError: its time is over.
    """
    row_id, _ = signer.verify(LinkPurpose.DEMO, token, int(MAX_LINK_AGE.total_seconds()))
    row = await (await conn.execute(_BY_ID, (row_id,))).fetchone()
    if row is None:
        raise ForgedLinkError("Ask for a new one in the chat.")
    if now >= row["open_until"]:
        raise ExpiredLinkError("Ask for a new one in the chat.")
    return DemoLink.model_validate(row)


async def by_id(conn: Connection, link_id: UUID) -> DemoLink | None:
    """The invitation of a row, whether or not its link still opens."""
    row = await (await conn.execute(_BY_ID, (link_id,))).fetchone()
    return DemoLink.model_validate(row) if row else None


async def opened(conn: Connection, link_id: UUID, now: datetime) -> bool:
    """Note that the person opened it; False when that was known."""
    cursor = await conn.execute(
        "update demo_links set opened_at = %s where id = %s and opened_at is null", (now, link_id)
    )
    return cursor.rowcount == 1


async def use(conn: Connection, link_id: UUID, now: datetime) -> None:
    """Note that something was booked by it; a single-use address that was made for it is used up."""
    await conn.execute(
        "update demo_links set used_at = coalesce(used_at, %s), scheduling_url = null where id = %s", (now, link_id)
    )


async def keep_scheduling_url(conn: Connection, link_id: UUID, url: str) -> str:
    """Keep a single-use address for this invitation; the one that counts, which is the first."""
    found = await conn.execute(
        "update demo_links set scheduling_url = coalesce(scheduling_url, %s) where id = %s returning scheduling_url",
        (url, link_id),
    )
    row = await found.fetchone()
    return str(row["scheduling_url"]) if row else url
