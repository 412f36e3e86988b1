"""The outbox: what is to be said, delivered strictly in order per chat, through any number of crashes.

`not_before` is when a row becomes due; a row that is due later holds nobody up. `lease_until` belongs to the delivery:
while it runs, the row is in somebody's hands (or was asked to wait) and its whole chat waits with it. `attempts` counts
the sends whose end is unknown: a second one is the last, because no channel can be asked whether a message arrived.
Of a message that takes several sends, those that arrived are listed under "delivered" in its jsonb.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import ValidationError

from core.db.pool import Connection
from core.domain.messages import Outgoing

MOST_UNCLEAR = 2
_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """A message to be said. `key` makes adding it again harmless ("turn id:position"); `not_before` None means now."""

    key: str
    channel: str
    chat: str
    turn_id: str
    message: Outgoing
    lead_id: UUID | None = None
    prompt_hash: str | None = None
    about_handoff: int | None = None
    not_before: datetime | None = None
    status: str = "pending"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A claimed row. `delivered` holds the channel's ids of the parts that already arrived, in order."""

    id: int
    chat: str
    message: Outgoing
    attempts: int
    lease_until: datetime
    delivered: tuple[str, ...] = ()


async def add(conn: Connection, drafts: Sequence[OutboxDraft], now: datetime) -> int:
    """Put messages into the outbox in the given order; how many were new. One round trip."""
    if not drafts:
        return 0
    cursor = await conn.execute(_ADD, {"rows": Jsonb([as_json(draft, now) for draft in drafts])})
    return cursor.rowcount


async def claim_next(
    conn: Connection, channel: str, now: datetime, lease_seconds: float, limit: int = 30
) -> list[OutboxRow]:
    """The first undelivered, due row of each chat that nobody has in hand; it is ours until the lease runs out."""
    rows = await claim_rows(conn, channel, now, lease_seconds, limit)
    return sorted((_row(row) for row in rows), key=lambda row: row.id)


async def claim_rows(
    conn: Connection, channel: str, now: datetime, lease_seconds: float, limit: int
) -> list[dict[str, Any]]:
    """The same as the database holds it, for channels whose payload is no message; in no order."""
    until = now + timedelta(seconds=lease_seconds)
    given = {"channel": channel, "now": now, "until": until, "limit": limit, "most": MOST_UNCLEAR}
    return await (await conn.execute(_CLAIM, given)).fetchall()


async def show(conn: Connection, channel: str, chat: str, now: datetime) -> list[tuple[str, Outgoing]]:
    """What waits for a chat, and for the advisors about its lead, as (chat, message) in order; it counts as sent.

    For a channel that shows a message by printing it, where nothing can come between.
    """
    cursor = await conn.execute(_SHOW, {"channel": channel, "chat": chat, "now": now})
    rows = sorted(await cursor.fetchall(), key=lambda row: int(row["id"]))
    return [(row["chat"], Outgoing.model_validate(row["message"])) for row in rows]


async def give_up_unclear(conn: Connection, channel: str, now: datetime) -> list[int]:
    """Fail the rows that were left in mid-send twice: sending them a third time might repeat them once more."""
    cursor = await conn.execute(
        """
        update outbox set status = 'failed', error = 'nobody knows whether it arrived; it was tried twice'
        where channel = %s and status = 'sending' and lease_until <= %s and attempts >= %s returning id
        """,
        (channel, now, MOST_UNCLEAR),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def reclaim(conn: Connection, channel: str, now: datetime) -> int:
    """End every running lease at once, when it is certain that no other process delivers for this channel."""
    cursor = await conn.execute(
        "update outbox set lease_until = %s where channel = %s and status = 'sending' and lease_until > %s",
        (now, channel, now),
    )
    return cursor.rowcount


async def sent(conn: Connection, row_id: int, external_id: str, now: datetime) -> None:
    """The whole message arrived; `external_id` is the channel's id of its last part."""
    await conn.execute(
        """
        update outbox set status = 'sent', external_id = %s, sent_at = %s, lease_until = null, error = null
        where id = %s
        """,
        (external_id, now, row_id),
    )


async def progress(conn: Connection, row_id: int, delivered: Sequence[str], lease_until: datetime) -> None:
    """These parts arrived; the next one starts with fresh attempts and a renewed lease."""
    await conn.execute(
        """
        update outbox set message = jsonb_set(message, '{delivered}', %s), attempts = 1, lease_until = %s where id = %s
        """,
        (Jsonb(list(delivered)), lease_until, row_id),
    )


async def postpone(conn: Connection, row_id: int, until: datetime, error: str = "") -> None:
    """It was certainly not delivered: try again at `until`, without counting this attempt. Its chat waits with it."""
    await conn.execute(
        """
        update outbox set status = 'pending', attempts = greatest(attempts - 1, 0), lease_until = %s, error = %s
        where id = %s and status = 'sending'
        """,
        (until, error[:_ERROR_LENGTH] or None, row_id),
    )


async def unclear(conn: Connection, row_id: int, until: datetime, error: str) -> bool:
    """Nobody knows whether it arrived: try once more at `until`, or fail if this was that time. True: is retried."""
    cursor = await conn.execute(
        """
        update outbox set status = case when attempts >= %s then 'failed' else 'pending' end,
            lease_until = %s, error = %s
        where id = %s and status = 'sending' returning status
        """,
        (MOST_UNCLEAR, until, error[:_ERROR_LENGTH], row_id),
    )
    row = await cursor.fetchone()
    return row is not None and row["status"] == "pending"


async def fail(conn: Connection, row_id: int, error: str) -> None:
    """It can never be delivered. The chat goes on with the next row."""
    await conn.execute(
        "update outbox set status = 'failed', lease_until = null, error = %s where id = %s",
        (error[:_ERROR_LENGTH], row_id),
    )


async def forget(conn: Connection, channel: str, chat: str) -> int:
    """Delete what was said to a chat whose lead was erased: the last word, which is nobody's row; how many."""
    cursor = await conn.execute(
        "delete from outbox where channel = %s and chat = %s and lead_id is null and status in ('sent', 'failed')",
        (channel, chat),
    )
    return cursor.rowcount


async def forget_nameless(conn: Connection, before: datetime) -> int:
    """Delete what was said before this moment and belongs to no lead, such as the last word to an erased one.

    An order to the CRM to forget somebody that failed stays to be seen; it names nobody.
    """
    cursor = await conn.execute(
        """
        delete from outbox where lead_id is null and created_at < %s
          and (status in ('sent', 'recorded') or status = 'failed' and channel <> 'crm')
        """,
        (before,),
    )
    return cursor.rowcount


def as_json(draft: OutboxDraft, now: datetime) -> dict[str, Any]:
    """The draft as one statement's JSON names its columns."""
    return {
        "key": draft.key,
        "channel": draft.channel,
        "chat": draft.chat,
        "turn_id": draft.turn_id,
        "message": draft.message.model_dump(mode="json"),
        "lead_id": str(draft.lead_id) if draft.lead_id else None,
        "prompt_hash": draft.prompt_hash,
        "about_handoff": draft.about_handoff,
        "not_before": (draft.not_before or now).isoformat(),
        "created_at": now.isoformat(),
        "status": draft.status,
    }


def _row(row: dict[str, Any]) -> OutboxRow:
    message = dict(row["message"])
    delivered = tuple(message.pop("delivered", ()))
    return OutboxRow(row["id"], row["chat"], _message(message), row["attempts"], row["lease_until"], delivered)


def _message(content: dict[str, Any]) -> Outgoing:
    """The message; an empty one when the row does not hold one, so that it can be claimed and failed like any other."""
    try:
        return Outgoing.model_validate(content)
    except ValidationError:
        return Outgoing()


# A hash that is not on file would break the foreign key and with it the whole turn; the message matters more.
_ADD = """
insert into outbox (key, channel, chat, turn_id, message, lead_id,
    prompt_hash, about_handoff, not_before, created_at, status)
select r->>'key', r->>'channel', r->>'chat', r->>'turn_id', r->'message', (r->>'lead_id')::uuid,
    (select hash from prompt_versions where hash = r->>'prompt_hash'), (r->>'about_handoff')::bigint,
    (r->>'not_before')::timestamptz, (r->>'created_at')::timestamptz, r->>'status'
from jsonb_array_elements(%(rows)s) with ordinality as given (r, position)
order by position
on conflict (key) do nothing
"""

# The lease is asked for twice on purpose: under `heads` in this statement's snapshot, under `free` on the row's newest
# version, which another process may have claimed in between.
_CLAIM = """
with heads as (
    select min(id) as id from outbox
    where channel = %(channel)s and status in ('pending', 'sending') and not_before <= %(now)s
    group by chat
    having not coalesce(bool_or(lease_until > %(now)s), false)
    order by 1 limit %(limit)s
), free as (
    select outbox.id from outbox join heads on heads.id = outbox.id
    where outbox.status in ('pending', 'sending') and (outbox.lease_until is null or outbox.lease_until <= %(now)s)
      and not (outbox.status = 'sending' and outbox.attempts >= %(most)s)
    for update of outbox skip locked
)
update outbox set status = 'sending', attempts = attempts + 1, lease_until = %(until)s
from free where outbox.id = free.id
returning outbox.id, chat, message, attempts, lease_until, lead_id, tries, key
"""

_SHOW = """
update outbox set status = 'sent', attempts = 1, sent_at = %(now)s
where channel = %(channel)s and status = 'pending' and not_before <= %(now)s
  and (chat = %(chat)s or lead_id = (select id from leads where channel = %(channel)s and chat = %(chat)s))
returning id, chat, message
"""
