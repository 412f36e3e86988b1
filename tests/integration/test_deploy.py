"""`docs/deploy.md` does what it says: its SQL runs in order on a migrated, empty database, and sells a real course."""

import re
from datetime import UTC, datetime

from core.db import advisors, courses, testimonials
from core.db.pool import Pool
from core.db.samples import sample_counts
from core.db.statements import split
from tests.worlds import ROOT, insert

_BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)


async def run_page(pool: Pool) -> None:
    """Every block of SQL, in order; a lead called 12 is there to be erased."""
    await insert(pool, "leads", {"channel": "telegram", "chat": "7", "number": 12, "name": "Ana"})
    await insert(pool, "leads", {"channel": "telegram", "chat": "8", "number": 13, "name": "Eva"})
    async with pool.connection() as conn:
        for block in _BLOCK.findall((ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")):
            for statement in split(block):
                await conn.execute(statement.text.encode())


async def test_the_rows_of_the_page_are_sold_and_no_samples(empty_database: Pool) -> None:
    await run_page(empty_database)
    async with empty_database.connection() as conn:
        assert await sample_counts(conn) == {}
        (course,) = await courses.active(conn, samples=False)
        assert len(await courses.modules(conn, course.id)) == 2
        roster = await advisors.roster(conn, "telegram")
        shown = await testimonials.of_course(conn, course.id, datetime.now(UTC), samples=False)
    assert (course.hashtag, len(shown)) == ("CURSO_MI_CURSO", 1)
    monday = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert [post.chat for post in roster.on_duty(monday)] == ["123456789"]


async def test_the_erasure_of_the_page_takes_one_person(empty_database: Pool) -> None:
    await run_page(empty_database)
    async with empty_database.connection() as conn:
        rows = await (await conn.execute("select name from leads")).fetchall()
    assert [row["name"] for row in rows] == ["Eva"]
