"""Invitations to a demonstration: the rows behind demo links.

A link carries only its row's id. Whether it still opens is told by the row, and a link to a row that is not there
looks the same as a forged one.
"""

from datetime import datetime, timedelta
from uuid import UUID

from core.db.pool import Connection
from core.domain.promises import DemoLink
from core.errors import ExpiredLinkError, ForgedLinkError
from core.integrations.links import LinkPurpose, LinkSigner

MAX_LINK_AGE = timedelta(days=31)
"""Beyond any `expires_at` that a row can have: the row decides first."""

_COLUMNS = "id, lead_id, course_id, turn_id, created_at, expires_at, opened_at, used_at"
_BY_ID = f"select {_COLUMNS} from demo_links where id = %s"  # noqa: S608
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
    link = DemoLink.model_validate(row)
    if now >= link.expires_at:
        raise ExpiredLinkError("Ask for a new one in the chat.")
    return link
