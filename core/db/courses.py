"""Courses: the queries that read what is sold.

Only active courses are read; sample rows only when `samples` is true. Modules can come along as JSON in the same row,
so that a turn pays one round trip. Hashtags are matched in the process, among the few courses there are: what a person
typed never becomes part of a pattern. A turn reads its course as one JSON text beside its lead; the text is read from
the database each time, and understood once.
"""

import json
from functools import lru_cache

from core.db.pool import Connection
from core.domain.catalog import Course, Module, course_of_hashtag

_BY_ID = """
    select * from courses where id = %(course_id)s and is_active and (not is_sample or %(samples)s)
"""

_ACTIVE = """
    select * from courses where is_active and (not is_sample or %(samples)s) order by id
"""

_MODULES = """
    select * from course_modules where course_id = %(course_id)s order by position
"""

_WITH_MODULES = """
    select c.*, (
        select coalesce(jsonb_agg(to_jsonb(m) order by m.position), '[]')
        from course_modules m where m.course_id = c.id
    ) as modules
    from courses c where c.id = %(course_id)s and c.is_active and (not c.is_sample or %(samples)s)
"""

# The price goes as text, because a JSON number would be read as a float.
OF_LEAD = """
    select jsonb_build_object(
        'course', to_jsonb(c) || jsonb_build_object('price', c.price::text),
        'modules', (
            select coalesce(jsonb_agg(to_jsonb(m) order by m.position), '[]')
            from course_modules m where m.course_id = c.id
        )
    )::text
    from courses c where c.id = leads.course_id and c.is_active and (not c.is_sample or %(samples)s)
"""
"""A scalar subquery on `leads`: the lead's course with its modules, for `read`."""


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Course, tuple[Module, ...]]:
    """The course and its modules out of what `OF_LEAD` gives."""
    found = json.loads(text)
    return Course.model_validate(found["course"]), tuple(Module.model_validate(module) for module in found["modules"])


async def by_id(conn: Connection, course_id: int, samples: bool) -> Course | None:
    """The course, or None when there is none that may be shown."""
    row = await (await conn.execute(_BY_ID, {"course_id": course_id, "samples": samples})).fetchone()
    return Course.model_validate(row) if row else None


async def by_hashtag(conn: Connection, hashtag: str, samples: bool) -> Course | None:
    """The course that the hashtag means ("#curso_ia"), as `course_of_hashtag` understands it; or None."""
    return course_of_hashtag(await active(conn, samples), hashtag)


async def active(conn: Connection, samples: bool) -> list[Course]:
    """The courses that are sold, in the order of their ids."""
    rows = await (await conn.execute(_ACTIVE, {"samples": samples})).fetchall()
    return [Course.model_validate(row) for row in rows]


async def modules(conn: Connection, course_id: int) -> tuple[Module, ...]:
    """The course's modules in their order."""
    rows = await (await conn.execute(_MODULES, {"course_id": course_id})).fetchall()
    return tuple(Module.model_validate(row) for row in rows)


async def with_modules(conn: Connection, course_id: int, samples: bool) -> tuple[Course, tuple[Module, ...]] | None:
    """The course and its modules in one round trip, or None when there is no course that may be shown."""
    row = await (await conn.execute(_WITH_MODULES, {"course_id": course_id, "samples": samples})).fetchone()
    if row is None:
        return None
    return Course.model_validate(row), tuple(Module.model_validate(module) for module in row["modules"])
