"""Dispatches: the rows of the outbox that go to a service instead of a chat.

They are claimed as messages are (`core/db/outbox.py`): in order per lead, under a lease. What differs is the payload,
how a row is settled, and that a service which can be told the same thing twice is told as often as it takes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from core.db import outbox
from core.db.pool import Connection
from core.domain.dispatches import Dispatch, ServiceChannel

LIVE = ("telegram", "console")
"""Leads of other channels are nobody: the evals talk to themselves."""
_REASON_LENGTH = 500
_EMPTY = """
    update outbox set message = jsonb_strip_nulls(jsonb_build_object(
        'emptied', true, 'order', message->'order', 'template', message->'template', 'sequence', message->'sequence',
        'marketing', message->'marketing', 'written_at', message->'written_at'))
    where channel = any(%(channels)s) and status in ('sent', 'recorded', 'withheld') and created_at < %(before)s
      and not_before < %(before)s and not message ? 'emptied'
"""

_PUT = """
    insert into outbox (key, channel, chat, lead_id, turn_id, message, not_before, created_at)
    select %(key)s, %(channel)s, id::text, id, %(key)s, %(content)s, %(not_before)s, %(now)s
    from leads where id = %(lead_id)s and channel = any(%(live)s)
    on conflict (key) do nothing
"""
_IS_DUE = """
    select exists (
        select from outbox where channel = %(channel)s and status in ('pending', 'sending')
          and not_before <= %(now)s and (lease_until is null or lease_until <= %(now)s)
    ) as due
"""
_WAITING = """
    select id from outbox
    where channel = %s and chat = %s and status = 'pending' and message->>'order' = 'sync' order by id
"""
_SETTLE = """
    update outbox set status = %(status)s, external_id = %(external_id)s, sent_at = %(sent_at)s, lease_until = null,
        error = %(reason)s, message = message || %(record)s
    where id = %(id)s and status in ('pending', 'sending')
"""
_ERASE = """
    insert into outbox (key, channel, chat, lead_id, turn_id, message, not_before, created_at)
    select 'crm:erase:' || %(lead)s, 'crm', %(lead)s, null, 'crm:erase', %(content)s, %(not_before)s, %(now)s
    where exists (select from crm_contacts where lead_id = %(lead)s::uuid)
       or exists (select from outbox where channel = 'crm' and lead_id = %(lead)s::uuid and status <> 'recorded')
    on conflict (key) do nothing
"""


async def put(
    conn: Connection,
    channel: ServiceChannel,
    lead_id: UUID,
    *,
    key: str,
    content: BaseModel,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """Put a row in, without waiting to hear whether it was new; a key that is there changes nothing."""
    await conn.execute(_PUT, {**_draft(channel, lead_id, key, content), **_due(now, not_before)})


async def add(
    conn: Connection,
    channel: ServiceChannel,
    lead_id: UUID,
    *,
    key: str,
    content: BaseModel,
    now: datetime,
    not_before: datetime | None = None,
) -> bool:
    """Put a row in; False when its key is there already, or when the lead is none whom services may hear of."""
    query = _PUT + " returning id"
    cursor = await conn.execute(query, {**_draft(channel, lead_id, key, content), **_due(now, not_before)})
    return await cursor.fetchone() is not None


async def add_erasure(conn: Connection, lead_id: UUID, content: BaseModel, now: datetime, not_before: datetime) -> None:
    """Order a lead to be forgotten, if the CRM may know them. To be called before their rows are deleted."""
    given = {"lead": str(lead_id), "content": _json(content), "now": now, "not_before": not_before}
    await conn.execute(_ERASE, given)


async def is_due(conn: Connection, channel: ServiceChannel, now: datetime) -> bool:
    """Whether anything of this channel could be claimed now."""
    row = await (await conn.execute(_IS_DUE, {"channel": channel.value, "now": now})).fetchone()
    return bool(row and row["due"])


async def claim(
    conn: Connection, channel: ServiceChannel, now: datetime, lease_seconds: float, limit: int
) -> list[Dispatch]:
    """The first due row of each lead that nobody has in hand; it is ours until the lease runs out."""
    rows = await outbox.claim_rows(conn, channel.value, now, lease_seconds, limit)
    return [
        Dispatch(
            id=row["id"],
            channel=channel,
            chat=row["chat"],
            lead_id=row["lead_id"],
            content=row["message"],
            tries=row["tries"],
            key=row["key"],
        )
        for row in sorted(rows, key=lambda row: int(row["id"]))
    ]


async def forgive(conn: Connection, channel: ServiceChannel, now: datetime) -> int:
    """Forget how often rows were left in mid-send, for a service that may be told the same thing again."""
    cursor = await conn.execute(
        "update outbox set attempts = 0 where channel = %s and status = 'sending' and lease_until <= %s",
        (channel.value, now),
    )
    return cursor.rowcount


async def waiting_syncs(conn: Connection, chat: str) -> tuple[int, ...]:
    """The rows that would tell the CRM of the same lead, once more."""
    rows = await (await conn.execute(_WAITING, (ServiceChannel.CRM.value, chat))).fetchall()
    return tuple(int(row["id"]) for row in rows)


async def cover(conn: Connection, row_ids: Sequence[int], by: int) -> None:
    """These rows said nothing that another one did not say: what became of that one became of them."""
    await conn.execute(
        """
        update outbox set status = done.status, sent_at = done.sent_at, external_id = 'outbox:' || done.id
        from outbox done where done.id = %s and outbox.id = any(%s) and outbox.status = 'pending'
        """,
        (by, list(row_ids)),
    )


async def settle(
    conn: Connection,
    row_id: int,
    status: str,
    *,
    external_id: str | None = None,
    sent_at: datetime | None = None,
    reason: str | None = None,
    record: dict[str, Any] | None = None,
) -> None:
    """Write down what became of a row, for good. `record` is added to its payload."""
    given = {
        "id": row_id,
        "status": status,
        "external_id": external_id,
        "sent_at": sent_at,
        "reason": reason[:_REASON_LENGTH] if reason else None,
        "record": Jsonb(record or {}),
    }
    await conn.execute(_SETTLE, given)


async def delay(conn: Connection, row_id: int, until: datetime, reason: str) -> None:
    """Due again at `until`, and meanwhile in nobody's way."""
    await conn.execute(
        """
        update outbox set status = 'pending', attempts = greatest(attempts - 1, 0), lease_until = null,
            not_before = %s, error = %s
        where id = %s and status = 'sending'
        """,
        (until, reason[:_REASON_LENGTH], row_id),
    )


async def retry(conn: Connection, row_id: int, until: datetime, reason: str) -> None:
    """It certainly came to nothing: again at `until`. What else waits for the same lead waits with it."""
    await conn.execute(
        """
        update outbox set status = 'pending', attempts = greatest(attempts - 1, 0), tries = tries + 1,
            lease_until = %s, error = %s
        where id = %s and status = 'sending'
        """,
        (until, reason[:_REASON_LENGTH], row_id),
    )


async def empty(conn: Connection, before: datetime) -> int:
    """Strike out what was written before this moment and is over: whom it was for and what it said; how many.

    The row stays with its key, so that nothing is said twice, and with its kind and end, for the books. What failed
    stays whole, to be looked at and tried again.
    """
    cursor = await conn.execute(_EMPTY, {"channels": [channel.value for channel in ServiceChannel], "before": before})
    return cursor.rowcount


def _draft(channel: ServiceChannel, lead_id: UUID, key: str, content: BaseModel) -> dict[str, Any]:
    return {
        "channel": channel.value,
        "lead_id": lead_id,
        "key": key,
        "content": _json(content),
        "live": list(LIVE),
    }


def _due(now: datetime, not_before: datetime | None) -> dict[str, Any]:
    return {"now": now, "not_before": not_before or now}


def _json(content: BaseModel) -> Jsonb:
    return Jsonb(content.model_dump(mode="json", exclude_defaults=True))
