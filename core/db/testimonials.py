"""Testimonials: only of students who were verified and whose consent is on file.

There is no query here that could read another one: showing an unverified testimonial is unlawful (16 CFR 465).
"""

from datetime import datetime

from core.db.pool import Connection
from core.domain.catalog import Testimonial

_OF_COURSE = """
    select id, person, role, country, words, topics, objection, is_sample from student_testimonials
    where course_id = %(course_id)s and (not is_sample or %(samples)s)
        and verified_at <= %(now)s and consent_reference is not null and consent_reference ~ '\\S'
    order by id
"""


async def of_course(conn: Connection, course_id: int, now: datetime, samples: bool) -> tuple[Testimonial, ...]:
    """The course's testimonials that may be shown, in the order of their ids."""
    rows = await (await conn.execute(_OF_COURSE, {"course_id": course_id, "now": now, "samples": samples})).fetchall()
    return tuple(Testimonial.model_validate(row) for row in rows)
