"""Arrivals: what reaches a chat, be it from its person or from the world (a payment, a booking, a deadline).

It is stored and its turn is queued by one statement, so that nothing that was acknowledged is lost and everything is
answered in order. What the world says is numbered by the event's name: the same event again changes nothing, wherever
it comes from.
"""

from datetime import datetime

from core.db import inbox
from core.db.pool import Connection
from core.domain.messages import Input, InputKind
from core.domain.people import Lead
from core.integrations.queue import Job

# The function is procrastinate's own way in, the same that its Python side calls.
_RECEIVE = f"""
with stored as ({inbox.STORE} returning channel, chat
), opened as (
    update leads set blocked_at = null from stored
    where %(opens)s and leads.channel = stored.channel and leads.chat = stored.chat and blocked_at is not null
)
select procrastinate_defer_jobs_v1(array[row('default', %(task)s, 0, channel || ':' || chat, null,
    jsonb_build_object('channel', channel, 'chat', chat), null)::procrastinate_job_to_defer_v1]) as jobs
from stored
"""  # noqa: S608


async def receive(conn: Connection, channel: str, update_id: int, chat: str, given: Input, *, now: datetime) -> bool:
    """Store what a person sent and queue the turn that answers it; False if this update was stored before.

    Who writes again has opened the chat again, whatever order the updates came in.
    """
    return await _store(conn, channel, update_id, chat, given, now=now, opens=given.kind is not InputKind.EDITED)


async def arrive(conn: Connection, lead: Lead, event: str, given: Input, *, now: datetime) -> bool:
    """The same for what the world says to a lead; their chat stays as open as it was."""
    return await _store(conn, lead.channel, inbox.world_id(event), lead.chat, given, now=now, opens=False)


async def _store(
    conn: Connection, channel: str, number: int, chat: str, given: Input, *, now: datetime, opens: bool
) -> bool:
    stored = inbox.columns(channel, number, chat, given, now)
    return (await conn.execute(_RECEIVE, {**stored, "task": Job.TURN.value, "opens": opens})).rowcount > 0
