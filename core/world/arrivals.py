"""What the world says to a chat: a payment, a booking, an advisor's word, a deadline.

It enters by the inbox like anything that a person writes, so that it is answered in order and never lost. The event's
name is its number: the same event again changes nothing, wherever it comes from.
"""

from datetime import datetime

from core.db import inbox
from core.db.pool import Connection
from core.domain.messages import Input
from core.domain.people import Lead
from core.integrations.queue import Queue


async def arrive(conn: Connection, queue: Queue, lead: Lead, event: str, given: Input, *, now: datetime) -> bool:
    """Store the input and queue the turn that answers it, in the connection's transaction; False if it was known."""
    new = await inbox.store(conn, lead.channel, inbox.world_id(event), lead.chat, given, now=now)
    if new:
        await queue.turn(conn, lead.channel, lead.chat)
    return new
