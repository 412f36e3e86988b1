"""Blocks: a person shut the channel. Nothing more is planned or sent for them until they open it again."""

from datetime import datetime

from core.db import follow_ups
from core.db.pool import Connection

REASON = "blocked"


async def block(conn: Connection, channel: str, chat: str, now: datetime, error: str = REASON) -> bool:
    """Mark the lead, cancel what is planned for them, fail what waits for the chat. False: there is no such lead."""
    async with conn.transaction():
        cursor = await conn.execute(
            "update leads set blocked_at = coalesce(blocked_at, %s) where channel = %s and chat = %s returning id",
            (now, channel, chat),
        )
        lead = await cursor.fetchone()
        if lead:
            await follow_ups.cancel_planned(conn, lead["id"], REASON, now)
        await conn.execute(
            """
            update outbox set status = 'failed', error = %s, lease_until = null
            where channel = %s and chat = %s and status in ('pending', 'sending')
            """,
            (error[:500], channel, chat),
        )
    return lead is not None


async def unblock(conn: Connection, channel: str, chat: str) -> None:
    """The person opened the channel again. Cancelled follow-ups stay cancelled."""
    await conn.execute(
        "update leads set blocked_at = null where channel = %s and chat = %s and blocked_at is not null",
        (channel, chat),
    )
