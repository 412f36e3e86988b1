"""Hand-offs: a chat is given to a human, and comes back by their word or when the time is over.

A lead has at most one hand-off that is not over. One that is over stays so: neither its advisor's late answer nor the
turn that opened it, run again, brings it back. Every change is one statement that names the states it may leave.

One that is asked for while nobody is on duty is `waiting`: Brenda goes on talking until an advisor takes it, or until
its deadline, which counts from the moment at which somebody is on duty again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from core.db.pool import Connection
from core.domain.promises import Handoff, HandoffStatus

_COLUMNS = """
    id, lead_id, advisor_id, reason, summary, status, turn_id, opened_at, deadline_at, taken_at, closed_at
"""
_BY_ID = f"select {_COLUMNS} from handoffs where id = %s"  # noqa: S608
_BY_KEY = f"select {_COLUMNS} from handoffs where key = %s"  # noqa: S608
_CURRENT = f"select {_COLUMNS} from handoffs where lead_id = %s and closed_at is null"  # noqa: S608
# A long notice is several messages of the channel; the advisor may reply to any of them.
_BY_NOTICE = f"""
    select {_COLUMNS} from handoffs where id = (
        select about_handoff from outbox
        where channel = %(channel)s and chat = %(chat)s and external_id is not null and about_handoff is not null
          and (external_id = %(external_id)s or message -> 'delivered' ? %(external_id)s)
        order by id desc limit 1)
"""  # noqa: S608
# One whose time is over is never taken up again, even if nobody came to end it.
_END_OVERDUE = """
    update handoffs set status = 'timed_out', closed_at = %(now)s
    where lead_id = %(lead_id)s and closed_at is null and deadline_at <= %(now)s
"""
# The one that is open is returned as it is; a waiting one opens when somebody is on duty again.
_OPEN = f"""
    insert into handoffs (lead_id, reason, summary, status, turn_id, opened_at, deadline_at, key)
    values (%(lead_id)s, %(reason)s, %(summary)s, %(status)s, %(turn_id)s, %(now)s, %(deadline_at)s, %(key)s)
    on conflict (lead_id) where closed_at is null do update set
        status = case when handoffs.status = 'waiting' then excluded.status else handoffs.status end,
        deadline_at = case when handoffs.status = 'waiting' and excluded.status = 'open'
            then excluded.deadline_at else handoffs.deadline_at end
    returning {_COLUMNS}
"""  # noqa: S608
_TAKE = f"""
    update handoffs set status = 'taken', advisor_id = %(advisor_id)s, taken_at = coalesce(taken_at, %(now)s),
        deadline_at = case when status = 'waiting' then %(deadline_at)s
            else greatest(deadline_at, %(deadline_at)s) end
    where id = %(id)s and closed_at is null
    returning {_COLUMNS}
"""  # noqa: S608
_GIVE_BACK = "update handoffs set status = 'returned', closed_at = %s where id = %s and closed_at is null"
_TIME_OUT = """
    update handoffs set status = 'timed_out', closed_at = %(now)s
    where id = %(id)s and closed_at is null and deadline_at <= %(now)s
"""


async def open_handoff(
    conn: Connection,
    *,
    key: str,
    turn_id: str,
    lead_id: UUID,
    reason: str,
    summary: str,
    now: datetime,
    limit: timedelta,
    opening: datetime | None = None,
) -> Handoff:
    """The hand-off of this lead: what this key opened before (over or not), else the open one, else a new one.

    `opening` is when somebody is on duty again, if nobody is now: then it waits, and `limit` counts from there.
    """
    values = {
        **{"key": key, "turn_id": turn_id, "lead_id": lead_id, "reason": reason, "summary": summary, "now": now},
        "status": HandoffStatus.WAITING if opening else HandoffStatus.OPEN,
        "deadline_at": (opening or now) + limit,
    }
    async with conn.transaction():
        # One call at a time for a lead: two calls with one key must not race for the key.
        await conn.execute("select from leads where id = %s for no key update", (lead_id,))
        made = await (await conn.execute(_BY_KEY, (key,))).fetchone()
        if made is None:
            await conn.execute(_END_OVERDUE, {"lead_id": lead_id, "now": now})
        row = made or await (await conn.execute(_OPEN, values)).fetchone()
    return Handoff.model_validate(row)


async def overdue(conn: Connection, now: datetime) -> list[int]:
    """The hand-offs that are not over although their time is, the oldest first."""
    found = await conn.execute(
        "select id from handoffs where closed_at is null and deadline_at <= %s order by deadline_at, id", (now,)
    )
    return [row["id"] for row in await found.fetchall()]


async def by_id(conn: Connection, handoff_id: int) -> Handoff | None:
    """The hand-off, over or not."""
    return _handoff(await (await conn.execute(_BY_ID, (handoff_id,))).fetchone())


async def current(conn: Connection, lead_id: UUID) -> Handoff | None:
    """The lead's hand-off that is not over."""
    return _handoff(await (await conn.execute(_CURRENT, (lead_id,))).fetchone())


async def by_notice(conn: Connection, channel: str, chat: str, external_id: str) -> Handoff | None:
    """What an advisor replies to: the hand-off that the message with the channel's id in their chat was about.

    It may be over; then `take` refuses it, and the advisor is to be told so.
    """
    values = {"channel": channel, "chat": chat, "external_id": external_id}
    return _handoff(await (await conn.execute(_BY_NOTICE, values)).fetchone())


async def take(
    conn: Connection, handoff_id: int, advisor_id: int | None, now: datetime, limit: timedelta
) -> Handoff | None:
    """An advisor answers: it is theirs, and idle only after `limit` from now. None when it is over.

    To be called at each of their answers. `advisor_id` is None in a chat of advisors that is known by settings only.
    """
    values = {"id": handoff_id, "advisor_id": advisor_id, "now": now, "deadline_at": now + limit}
    return _handoff(await (await conn.execute(_TAKE, values)).fetchone())


async def give_back(conn: Connection, handoff_id: int, now: datetime) -> bool:
    """The advisor is done; False when it was over already."""
    return (await conn.execute(_GIVE_BACK, (now, handoff_id))).rowcount > 0


async def time_out(conn: Connection, handoff_id: int, now: datetime) -> bool:
    """Nobody took it, or whoever did fell silent, and its deadline has come; False when nothing changed."""
    return (await conn.execute(_TIME_OUT, {"id": handoff_id, "now": now})).rowcount > 0


def _handoff(row: dict[str, object] | None) -> Handoff | None:
    return Handoff.model_validate(row) if row else None
