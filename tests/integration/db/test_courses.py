"""Courses are read when they are sold, samples only where they may be shown."""

from core.db import courses
from core.db.pool import Pool
from tests.worlds import insert, make_course


async def _module(pool: Pool, course_id: int, position: int) -> None:
    row = {"course_id": course_id, "position": position, "title": f"Módulo {position}", "summary": "S.", "hours": 3}
    await insert(pool, "course_modules", row)


async def test_a_course_and_its_modules_come_in_one_row(empty_database: Pool) -> None:
    course_id = await make_course(empty_database, price="249.50", starts_on="2026-12-07")
    for position in (2, 1, 3):
        await _module(empty_database, course_id, position)
    await _module(empty_database, await make_course(empty_database), 1)
    async with empty_database.connection() as conn:
        found = await courses.with_modules(conn, course_id, samples=False)
        assert found is not None
        course, modules = found
        assert [module.position for module in modules] == [1, 2, 3]
        assert modules == await courses.modules(conn, course_id)
        assert course == await courses.by_id(conn, course_id, samples=False)
    assert (str(course.price), course.currency, course.starts_on and course.starts_on.day) == ("249.50", "USD", 7)


async def test_a_course_without_modules_is_still_a_course(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    async with empty_database.connection() as conn:
        found = await courses.with_modules(conn, course_id, samples=False)
    assert found is not None
    assert found[1] == ()


async def test_only_what_is_sold_is_read(empty_database: Pool) -> None:
    sold = await make_course(empty_database)
    sample = await make_course(empty_database, is_sample=True, hashtag="CURSO_DE_MUESTRA")
    gone = await make_course(empty_database, is_active=False)
    async with empty_database.connection() as conn:
        assert [course.id for course in await courses.active(conn, samples=False)] == [sold]
        assert [course.id for course in await courses.active(conn, samples=True)] == [sold, sample]
        for reader in (courses.by_id, courses.with_modules):
            assert await reader(conn, sample, samples=False) is None
            assert await reader(conn, gone, samples=True) is None
            assert await reader(conn, 10**15, samples=True) is None
        assert await courses.by_hashtag(conn, "#CURSO_DE_MUESTRA", samples=False) is None
        found = await courses.by_hashtag(conn, "#curso_de_muestra", samples=True)
    assert found is not None
    assert found.id == sample


async def test_every_sample_course_is_found_by_its_hashtag(database: Pool) -> None:
    async with database.connection() as conn:
        everything = await courses.active(conn, samples=True)
        for course in everything:
            assert await courses.by_hashtag(conn, f"#{course.hashtag.lower()}", samples=True) == course
        assert await courses.active(conn, samples=False) == []
