"""The inbox: what reached a chat, stored before its channel is told that it arrived.

A row belongs to nobody until a turn takes it and writes its id on it, so a turn that is run again after a crash takes
exactly the same rows. What the world says (a deadline, an advisor) enters here too, under a negative id of its own.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.db.pool import Connection
from core.domain.messages import Input


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One stored input. `update_id` is the channel's own number of it, negative when it came from elsewhere."""

    id: int
    update_id: int
    input: Input


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of one turn, oldest first, never empty. `attempts` counts this one."""

    turn_id: str
    rows: tuple[InboxRow, ...]
    attempts: int


STORE = """
insert into inbox (channel, update_id, chat, input, received_at)
values (%(channel)s, %(update_id)s, %(chat)s, %(input)s, %(now)s)
on conflict (channel, update_id) do nothing
"""
"""Keeps one input, once; also as part of a larger statement."""


TAKING = """
waiting as (
    select id, turn_id, input->>'kind' in ('text', 'edited', 'voice', 'photo', 'sticker', 'file') as plain, received_at
    from inbox where channel = %(channel)s and chat = %(chat)s and done_at is null
), head as (
    select id, turn_id, plain from waiting
    where coalesce((select max(received_at) from waiting) <= %(settled)s::timestamptz, true)
    order by turn_id is null, id limit 1
), barrier as (
    select min(waiting.id) as id from waiting, head where not waiting.plain and waiting.id > head.id
), chosen as (
    select waiting.id from waiting, head, barrier
    where case
        when head.turn_id is not null then waiting.turn_id = head.turn_id
        when not head.plain then waiting.id = head.id
        else waiting.id < coalesce(barrier.id, waiting.id + 1)
    end
), relaxed as materialized (
    select set_config('synchronous_commit', 'off', true)
), taken as (
    update inbox set attempts = attempts + 1,
        turn_id = coalesce(inbox.turn_id, %(channel)s || ':' || %(chat)s || ':' || (select id from head))
    from chosen, relaxed where inbox.id = chosen.id
    returning inbox.id, update_id, input, inbox.turn_id, attempts
)
"""
"""The parts of a statement that take a chat's next turn; its rows are `taken`."""
_TAKE = f"with {TAKING} select * from taken"  # noqa: S608


async def store(conn: Connection, channel: str, update_id: int, chat: str, arrived: Input, *, now: datetime) -> bool:
    """Keep an input. False when this update was stored before: the same update twice is one input."""
    cursor = await conn.execute(STORE, columns(channel, update_id, chat, arrived, now))
    return cursor.rowcount == 1


def columns(channel: str, update_id: int, chat: str, arrived: Input, now: datetime) -> dict[str, Any]:
    """What `STORE` asks for. NUL is left out, which Postgres keeps in no text."""
    kept = arrived.model_copy(update={"text": arrived.text.replace("\x00", "")})
    given = Jsonb(kept.model_dump(mode="json"))
    return {"channel": channel, "update_id": update_id, "chat": chat, "input": given, "now": now}


async def take(conn: Connection, channel: str, chat: str, settled: datetime | None = None) -> Taken | None:
    """The rows of the chat's next turn: those of the turn that was left unfinished, else what waits.

    Messages that wait together are one turn; a button, a command or an event of the world is a turn of its own, so
    that none is lost among words. None when nothing waits, or when something arrived after the moment `settled`.
    """
    cursor = await conn.execute(_TAKE, {"channel": channel, "chat": chat, "settled": settled})
    rows = await cursor.fetchall()
    return read(rows) if rows else None


def read(rows: Sequence[DictRow]) -> Taken:
    """The turn of the rows that `TAKING` took, in any order."""
    ordered = tuple(_row(row) for row in sorted(rows, key=lambda row: int(row["id"])))
    return Taken(rows[0]["turn_id"], ordered, max(row["attempts"] for row in rows))


async def latest(conn: Connection, channel: str, chat: str) -> datetime | None:
    """When the last input arrived that still waits for a turn."""
    cursor = await conn.execute(
        "select max(received_at) as at from inbox where channel = %s and chat = %s and done_at is null", (channel, chat)
    )
    row = await cursor.fetchone()
    return row["at"] if row else None


async def forgotten(conn: Connection, before: datetime) -> list[tuple[str, str]]:
    """Every (channel, chat) whose oldest waiting input arrived before this moment, the longest waiting first."""
    cursor = await conn.execute(
        "select channel, chat from inbox where done_at is null group by channel, chat having min(received_at) < %s "
        "order by min(id)",
        (before,),
    )
    return [(row["channel"], row["chat"]) for row in await cursor.fetchall()]


async def close(conn: Connection, turn_id: str, now: datetime) -> int:
    """Mark a turn's rows as answered; how many were open."""
    cursor = await conn.execute("update inbox set done_at = %s where turn_id = %s and done_at is null", (now, turn_id))
    return cursor.rowcount


def world_id(event: str) -> int:
    """A negative update id for something that no channel numbered, always the same for the same event's name."""
    digest = hashlib.sha256(event.encode()).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> 2)


def _row(row: DictRow) -> InboxRow:
    return InboxRow(row["id"], row["update_id"], Input.model_validate(row["input"]))
