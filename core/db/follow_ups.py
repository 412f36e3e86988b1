"""Follow-ups: messages that were promised for a moment.

A follow-up is decided once: whoever sends, withholds or cancels it must get it out of `planned` first, so that two
workers never send the same one.
"""

from datetime import datetime
from uuid import UUID

from core.db.pool import Connection
from core.domain.promises import FollowUp, FollowUpStatus

_COLUMNS = "id, lead_id, turn_id, kind, note, due_at, status, reason, decided_at"
# Updating a row to what it is makes a second call see the first one's row, even while that one is being written.
_PLAN = f"""
    insert into follow_ups (lead_id, turn_id, kind, note, due_at, key)
    values (%(lead_id)s, %(turn_id)s, %(kind)s, %(note)s, %(due_at)s, %(key)s)
    on conflict (key) do update set key = excluded.key
    returning {_COLUMNS}
"""  # noqa: S608
_DUE = f"select {_COLUMNS} from follow_ups where id = %s and status = 'planned'"  # noqa: S608
_PLANNED_IN = f"""
    select {_COLUMNS} from follow_ups
    where lead_id = %s and status = 'planned' and turn_id = %s
    order by id
"""  # noqa: S608
_DECIDE = """
    update follow_ups set status = %(status)s, reason = %(reason)s, decided_at = %(now)s
    where id = %(id)s and status = 'planned'
"""
_CANCEL = """
    update follow_ups set status = 'cancelled', reason = %s, decided_at = %s
    where lead_id = %s and status = 'planned'
"""


async def plan(
    conn: Connection, *, key: str, turn_id: str, lead_id: UUID, kind: str, note: str, due_at: datetime
) -> FollowUp:
    """A new follow-up, or the one that has this key. Its job is deferred by whoever closes the turn."""
    values = {"key": key, "turn_id": turn_id, "lead_id": lead_id, "kind": kind, "note": note, "due_at": due_at}
    row = await (await conn.execute(_PLAN, values)).fetchone()
    return FollowUp.model_validate(row)


async def planned_in(conn: Connection, lead_id: UUID, turn_id: str) -> list[FollowUp]:
    """What this turn promised, for which jobs are to be deferred."""
    found = await conn.execute(_PLANNED_IN, (lead_id, turn_id))
    return [FollowUp.model_validate(row) for row in await found.fetchall()]


async def due(conn: Connection, follow_up_id: int) -> FollowUp | None:
    """The follow-up whose job has come, or None when it was decided already."""
    row = await (await conn.execute(_DUE, (follow_up_id,))).fetchone()
    return FollowUp.model_validate(row) if row else None


async def decide(
    conn: Connection, follow_up_id: int, status: FollowUpStatus, reason: str | None, now: datetime
) -> bool:
    """Settle what becomes of a planned follow-up; False when somebody else did before."""
    values = {"id": follow_up_id, "status": status, "reason": reason, "now": now}
    return (await conn.execute(_DECIDE, values)).rowcount > 0


async def cancel_planned(conn: Connection, lead_id: UUID, reason: str, now: datetime) -> int:
    """Cancel all that is planned for a lead; the number that was cancelled."""
    return (await conn.execute(_CANCEL, (reason, now, lead_id))).rowcount
