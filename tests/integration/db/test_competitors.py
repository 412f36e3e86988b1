"""Competitors come beside the price of a course that is sold."""

from core.db import competitors
from core.db.pool import Pool
from tests.worlds import insert, make_course


async def _competitor(pool: Pool, course_id: int, **fields: object) -> int:
    row = {"competitor": "Otra", "price": "99.90", "currency": "USD", "strengths": "S", "differences": "D"}
    values = {"course_id": course_id, "checked_on": "2026-10-01", **row, **fields}
    return int((await insert(pool, "competitor_analysis", values))["id"])


async def test_competitors_come_in_the_order_of_their_ids_without_samples(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    first = await _competitor(empty_database, course_id, competitor="Zeta")
    sample = await _competitor(empty_database, course_id, competitor="Beta", is_sample=True)
    last = await _competitor(empty_database, course_id, competitor="Alfa")
    async with empty_database.connection() as conn:
        real = await competitors.of_course(conn, course_id, samples=False)
        everything = await competitors.of_course(conn, course_id, samples=True)
    assert [row.id for row in real] == [first, last]
    assert [row.id for row in everything] == [first, sample, last]


async def test_a_course_that_is_not_sold_is_not_compared(empty_database: Pool) -> None:
    for fields in ({"is_active": False}, {"is_sample": True}):
        course_id = await make_course(empty_database, **fields)
        await _competitor(empty_database, course_id)
        async with empty_database.connection() as conn:
            assert await competitors.of_course(conn, course_id, samples=False) == ()
