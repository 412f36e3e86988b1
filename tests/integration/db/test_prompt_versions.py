"""The prompt sets that were in force."""

from core.db import prompt_versions
from core.db.pool import Pool

HASH = "b" * 64


async def test_a_prompt_set_is_kept_once_as_it_first_was(empty_database: Pool) -> None:
    async with empty_database.connection() as conn:
        await prompt_versions.keep(conn, HASH, {"persona.md.j2": "Eres Brenda. ñ"})
        await prompt_versions.keep(conn, HASH, {"persona.md.j2": "otra cosa"})
        kept = await (await conn.execute("select hash, files from prompt_versions")).fetchall()
    assert kept == [{"hash": HASH, "files": {"persona.md.j2": "Eres Brenda. ñ"}}]
