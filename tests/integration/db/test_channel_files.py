"""The files that a channel already holds."""

from core.db import channel_files
from core.db.pool import Pool


async def test_a_file_is_known_by_path_and_content_and_the_newest_id_wins(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        assert await channel_files.find(conn, "telegram", "a.jpg", "digest") is None
        await channel_files.keep(conn, "telegram", "a.jpg", "digest", "old")
        await channel_files.keep(conn, "telegram", "a.jpg", "digest", "new")
        assert await channel_files.find(conn, "telegram", "a.jpg", "digest") == "new"
        assert await channel_files.find(conn, "telegram", "a.jpg", "other") is None
        assert await channel_files.find(conn, "console", "a.jpg", "digest") is None
