"""Advisors: the humans who can be called, and when."""

from datetime import datetime

from psycopg.rows import DictRow

from core.db.pool import Connection
from core.domain.people import Advisor
from core.domain.promises import Handoff, HandoffStatus
from core.domain.roster import Post, Roster

_COLUMNS = """
    id, name, chat, is_active as active, timezone, absent_since, absent_until,
    (select coalesce(jsonb_agg(jsonb_build_object('weekday', weekday, 'opens', extract(epoch from opens)::int / 60,
        'closes', extract(epoch from closes)::int / 60) order by weekday, opens), '[]')
     from advisor_hours where advisor_id = advisors.id) as spans
"""
_SET_DESK = """
    insert into desk_chats (channel, chat, set_at) values (%(channel)s, %(chat)s, %(now)s)
    on conflict (channel) do update set chat = excluded.chat, set_at = excluded.set_at
"""


async def active(conn: Connection) -> list[Advisor]:
    """Who can be called, in the order in which they were added, whether they are on duty or not."""
    found = await conn.execute(f"select {_COLUMNS} from advisors where is_active order by id")  # noqa: S608
    return [_advisor(row) for row in await found.fetchall()]


async def by_chat(conn: Connection, chat: str) -> Advisor | None:
    """The active advisor who writes from this chat."""
    found = await conn.execute(f"select {_COLUMNS} from advisors where chat = %s and is_active", (chat,))  # noqa: S608
    row = await found.fetchone()
    return _advisor(row) if row else None


async def reachable(conn: Connection, channel: str, configured: str | None, now: datetime | None = None) -> list[str]:
    """The chats of those who can be called from a channel: the configured one first, then the active advisors'.

    With `now`, only of those on duty then, or of all when nobody is.
    """
    posts = await roster(conn, channel, configured)
    return [post.chat for post in (posts.audience(now) if now else posts.posts)]


async def listeners(
    conn: Connection, channel: str, configured: str | None, handoff: Handoff | None, now: datetime
) -> list[str]:
    """The chats in which a prospect is heard: that of whoever took the hand-off, else of those on duty, else all."""
    known = await roster(conn, channel, configured)
    if handoff and handoff.status is HandoffStatus.TAKEN:
        theirs = [post.chat for post in known.posts if post.advisor == handoff.advisor_id]
        if theirs:
            return theirs
    return [post.chat for post in known.audience(now)]


async def roster(conn: Connection, channel: str, configured: str | None = None) -> Roster:
    """Everybody who can be called from a channel. `configured` is ADVISOR_CHAT; without it, what was written down.

    A configured chat that no advisor has is on duty at any hour; one that an advisor has keeps their hours. In Telegram
    a chat is a number; the sample advisor, who sits at the console, has none.
    """
    known = await active(conn)
    if channel == "telegram":
        known = [advisor for advisor in known if advisor.chat.removeprefix("-").isdigit()]
    posts = {advisor.chat: Post(advisor.chat, advisor.hours, advisor.id) for advisor in known}
    first = configured or await desk_chat(conn, channel)
    if first:
        posts = {first: posts.get(first, Post(first)), **posts}
    return Roster(tuple(posts.values()))


async def desk_chat(conn: Connection, channel: str) -> str | None:
    """The chat of ADVISOR_CHAT as the channel's last start wrote it down."""
    row = await (await conn.execute("select chat from desk_chats where channel = %s", (channel,))).fetchone()
    return str(row["chat"]) if row else None


async def set_desk_chat(conn: Connection, channel: str, chat: str | None, now: datetime) -> None:
    """Write down the chat of ADVISOR_CHAT, or that there is none."""
    if chat is None:
        await conn.execute("delete from desk_chats where channel = %s", (channel,))
    else:
        await conn.execute(_SET_DESK, {"channel": channel, "chat": chat, "now": now})


async def set_absence(conn: Connection, advisor_id: int, since: datetime | None, until: datetime | None) -> None:
    """Note that an advisor is away from a moment on, perhaps until another; with None for both, that they are back."""
    await conn.execute(
        "update advisors set absent_since = %s, absent_until = %s where id = %s", (since, until, advisor_id)
    )


def _advisor(row: DictRow) -> Advisor:
    hours = {name: row.pop(name) for name in ("timezone", "spans", "absent_since", "absent_until")}
    return Advisor.model_validate({**row, "hours": hours})
