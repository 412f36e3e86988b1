"""Links to files: made by the tools, opened by the pages.

Whether a link opens is told by its row. A row that is gone (its lead was erased) looks the same as a link that we never
made; a sample's row opens only before the embedded database, as everywhere.
"""

from datetime import datetime, timedelta
from uuid import UUID

from core.db.pool import Connection
from core.domain.shared_links import SharedFile, SharedKind, SharedLink
from core.errors import ExpiredLinkError, ForgedLinkError
from core.integrations.links import LinkPurpose, LinkSigner

PURPOSES = {SharedKind.RESOURCE: LinkPurpose.RESOURCE, SharedKind.PREVIEW: LinkPurpose.PREVIEW}
_COLUMNS = "id, lead_id, kind, created_at, expires_at"
# Updating a row to what it is makes a second call see the first one's row, even while that one is being written.
_CREATE = f"""
    insert into shared_links (lead_id, kind, resource_id, course_id, turn_id, created_at, expires_at, key)
    values (%(lead_id)s, %(kind)s, %(resource_id)s, %(course_id)s, %(turn_id)s, %(now)s, %(expires_at)s, %(key)s)
    on conflict (key) do update set key = excluded.key
    returning {_COLUMNS}
"""  # noqa: S608
_OPEN = """
    select l.id, l.lead_id, l.kind, l.created_at, l.expires_at, coalesce(r.id, c.id) as row,
        coalesce(r.title, c.name) as title,
        case when l.kind = 'resource' then r.path else nullif(c.preview_path, '') end as path,
        c.name as course_name, c.tagline, c.description, c.duration_weeks, c.total_hours, c.modality, c.certificate
    from shared_links l
    left join free_resources r on r.id = l.resource_id
    join courses c on c.id = coalesce(l.course_id, r.course_id)
    where l.id = %(id)s and l.kind = %(kind)s
        and (%(samples)s or not (c.is_sample or coalesce(r.is_sample, false)))
"""
_OPENED = "update shared_links set opened_at = coalesce(opened_at, %s) where id = %s"


async def create(
    conn: Connection,
    *,
    kind: SharedKind,
    row: int,
    lead_id: UUID,
    turn_id: str,
    key: str,
    now: datetime,
    expires_at: datetime,
) -> SharedLink:
    """A new link to a resource (`row` is its id) or to a course's preview (the course's), or the one with this key."""
    of_resource = kind is SharedKind.RESOURCE
    values = {
        "lead_id": lead_id,
        "kind": kind.value,
        "resource_id": row if of_resource else None,
        "course_id": None if of_resource else row,
        "turn_id": turn_id,
        "now": now,
        "expires_at": expires_at,
        "key": key,
    }
    made = await (await conn.execute(_CREATE, values)).fetchone()
    return SharedLink.model_validate(made)


async def open_link(
    conn: Connection, token: str, kind: SharedKind, signer: LinkSigner, *, hours: int, samples: bool, now: datetime
) -> SharedFile:
    """What a link leads to. `hours` is how long links live; the signature's age is looked at before the row.

    Raises:
        ForgedLinkError: we did not make it, not for this purpose, or its row is gone; nothing tells which.
        ExpiredLinkError: its time is over, whoever it was for.
    """
    row_id, _ = signer.verify(PURPOSES[kind], token, int(timedelta(hours=hours).total_seconds()))
    row = await (await conn.execute(_OPEN, {"id": row_id, "kind": kind.value, "samples": samples})).fetchone()
    if row is None:
        raise ForgedLinkError("Ask for a new one in the chat.")
    file = SharedFile.model_validate(row)
    if now >= file.expires_at:
        raise ExpiredLinkError("Ask for a new one in the chat.")
    return file


async def mark_opened(conn: Connection, link_id: UUID, now: datetime) -> None:
    """Note when it was opened for the first time."""
    await conn.execute(_OPENED, (now, link_id))
