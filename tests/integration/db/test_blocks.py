"""Blocks."""

from datetime import UTC, datetime, timedelta

from core.db import blocks, outbox
from core.db.outbox import OutboxDraft
from core.db.pool import Pool
from core.domain.messages import Outgoing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_a_block_ends_what_is_planned_and_keeps_its_first_moment(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        await conn.execute("insert into leads (channel, chat) values ('telegram', '7'), ('telegram', '8')")
        drafts = [OutboxDraft(f"{chat}", "telegram", chat, "t", Outgoing(text="hola")) for chat in ("7", "8")]
        await outbox.add(conn, drafts, NOW)
        assert await blocks.block(conn, "telegram", "7", NOW)
        assert await blocks.block(conn, "telegram", "7", NOW + timedelta(hours=1))
        rows = await (await conn.execute("select chat, blocked_at from leads order by chat")).fetchall()
        assert [(row["chat"], row["blocked_at"]) for row in rows] == [("7", NOW), ("8", None)]
        rows = await (await conn.execute("select status from outbox order by chat")).fetchall()
        assert [row["status"] for row in rows] == ["failed", "pending"]
        await blocks.unblock(conn, "telegram", "7")
        assert (await (await conn.execute("select 1 from leads where blocked_at is not null")).fetchall()) == []


async def test_nobody_is_there_to_be_marked(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        assert not await blocks.block(conn, "telegram", "7", NOW)
