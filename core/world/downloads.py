"""What follows when somebody opens a link to a file: it is noted, once a day, and may give rise to a follow-up.

The event raises the lead's score (`downloads` in the scorecard). It says what was opened, never from where.
"""

from datetime import datetime

from core.db import events, shared_links
from core.db.pool import Connection
from core.domain.shared_links import SharedFile, SharedKind
from core.integrations.queue import Queue
from core.world.triggers import Trigger, trigger

KINDS = {SharedKind.RESOURCE: "resource_downloaded", SharedKind.PREVIEW: "preview_opened"}


async def opened(conn: Connection, queue: Queue, file: SharedFile, now: datetime) -> bool:
    """Note it in the connection's transaction; False when the same file was opened before on this day (UTC)."""
    await shared_links.mark_opened(conn, file.id, now)
    kind, of = KINDS[file.kind], f"{file.lead_id}:{file.row}"
    payload = {"resource_id": file.row} if file.kind is SharedKind.RESOURCE else {"course_id": file.row}
    new = await events.note(conn, file.lead_id, kind, payload, key=f"{kind}:{of}:{now.date().isoformat()}", now=now)
    if new and file.kind is SharedKind.RESOURCE:
        await trigger(conn, queue, file.lead_id, Trigger.RESOURCE_DOWNLOADED, of, now, note=file.title)
    return new
