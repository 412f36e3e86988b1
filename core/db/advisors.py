"""Advisors: the humans who can be called."""

from core.db.pool import Connection
from core.domain.people import Advisor

_COLUMNS = "id, name, chat, is_active as active"


async def active(conn: Connection) -> list[Advisor]:
    """Who can be called now, in the order in which they were added."""
    found = await conn.execute(f"select {_COLUMNS} from advisors where is_active order by id")  # noqa: S608
    return [Advisor.model_validate(row) for row in await found.fetchall()]


async def by_chat(conn: Connection, chat: str) -> Advisor | None:
    """The active advisor who writes from this chat."""
    found = await conn.execute(f"select {_COLUMNS} from advisors where chat = %s and is_active", (chat,))  # noqa: S608
    row = await found.fetchone()
    return Advisor.model_validate(row) if row else None


async def reachable(conn: Connection, channel: str, configured: str | None) -> list[str]:
    """The chats of those who can be called from a channel: the configured one first, then the active advisors'.

    In Telegram a chat is a number; the sample advisor, who sits at the console, has none.
    """
    chats = [advisor.chat for advisor in await active(conn)]
    if channel == "telegram":
        chats = [chat for chat in chats if chat.removeprefix("-").isdigit()]
    return list(dict.fromkeys([*([configured] if configured else []), *chats]))
