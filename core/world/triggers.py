"""Triggers: what happens around a chat asks for a follow-up, or makes one pointless.

Whoever causes something calls this in its own transaction. Only the fact is written here; when the follow-up is due,
at which hour it comes and whether it is sent at all is decided later, by the schedule and the governor.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from core.db import follow_ups
from core.db.pool import Connection
from core.domain.follow_ups import Trigger
from core.integrations.queue import Job, Queue

__all__ = ["Trigger", "cancel", "trigger"]


async def trigger(  # noqa: PLR0917 - the form that its callers agreed on
    conn: Connection,
    queue: Queue,
    lead_id: UUID,
    kind: Trigger,
    key: str,
    now: datetime,
    about: datetime | None = None,
    note: str = "",
    subject: str = "",
) -> None:
    """Plan a follow-up; the same kind and key again change nothing.

    `about` is the moment that it is about (the start of a demo), else it counts from `now`. A demo that was moved is
    cancelled and triggered anew, with its new start in the key. `subject` names the row that it stands and falls with,
    as "bookings:<id>" or "payments:<id>". Nothing is planned for who blocked the channel or opted out.
    """
    planned = await follow_ups.raised(
        conn,
        key=f"{kind.value}:{key}",
        lead_id=lead_id,
        kind=kind.value,
        note=note,
        about_at=about,
        subject=subject,
        now=now,
    )
    if planned is not None:
        await queue.defer(conn, Job.FOLLOW_UP, follow_up=planned)


async def cancel(  # noqa: PLR0917 - the form that its callers agreed on
    conn: Connection, lead_id: UUID, kinds: Iterable[Trigger], reason: str, now: datetime, subject: str = ""
) -> int:
    """Cancel what is planned of these kinds, of one subject if it is given, with a reason as a code; how many."""
    return await follow_ups.cancel_kinds(
        conn, lead_id, [kind.value for kind in kinds], reason=reason, now=now, subject=subject
    )
