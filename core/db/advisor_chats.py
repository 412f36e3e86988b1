"""What an advisor's chat is about: the hand-offs that were announced there, and words on their way to a prospect."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.db.pool import Connection
from core.domain.promises import HandoffStatus


@dataclass(frozen=True, slots=True)
class Announced:
    """A hand-off that is not over and was announced in a chat; `advisor_id` is who took it."""

    id: int
    advisor_id: int | None
    status: HandoffStatus


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a message in an advisor's chat was about: a hand-off, or a lead without one."""

    handoff_id: int | None
    lead_id: UUID | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """The prospect's side of a hand-off."""

    lead_id: UUID
    channel: str
    chat: str


async def announced(conn: Connection, channel: str, chat: str) -> list[Announced]:
    """The hand-offs that are under way and of which this chat was told, oldest first; not those that still wait."""
    found = await conn.execute(
        """
        select id, advisor_id, status from handoffs
        where closed_at is null and status <> 'waiting'
          and id in (select about_handoff from outbox where channel = %s and chat = %s and about_handoff is not null)
        order by id
        """,
        (channel, chat),
    )
    return [Announced(row["id"], row["advisor_id"], HandoffStatus(row["status"])) for row in await found.fetchall()]


async def noticed(conn: Connection, channel: str, chat: str, external_id: str) -> Noticed | None:
    """What an advisor replies to; None when the message with the channel's id is about nobody.

    A long notice is several messages of the channel; the advisor may reply to any of them.
    """
    found = await conn.execute(
        """
        select about_handoff, lead_id from outbox
        where channel = %(channel)s and chat = %(chat)s and external_id is not null
          and (external_id = %(external_id)s or message -> 'delivered' ? %(external_id)s)
          and (about_handoff is not null or lead_id is not null)
        order by id desc limit 1
        """,
        {"channel": channel, "chat": chat, "external_id": external_id},
    )
    row = await found.fetchone()
    return Noticed(row["about_handoff"], row["lead_id"]) if row else None


async def recipient(conn: Connection, lead_id: UUID) -> Recipient | None:
    """Where a lead's words are to go."""
    found = await conn.execute("select id, channel, chat from leads where id = %s", (lead_id,))
    row = await found.fetchone()
    return Recipient(row["id"], row["channel"], row["chat"]) if row else None


async def record_words(conn: Connection, lead_id: UUID, turn_id: str, text: str, now: datetime) -> bool:
    """Write down what an advisor said to a lead; False when this turn's words were written before."""
    cursor = await conn.execute(
        """
        insert into messages (lead_id, turn_id, position, author, text, created_at)
        values (%s, %s, 0, 'advisor', %s, %s) on conflict (turn_id, author, position) do nothing
        """,
        (lead_id, turn_id, text, now),
    )
    return cursor.rowcount == 1
