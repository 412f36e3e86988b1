"""Testimonials: only of students who were verified and whose consent is on file.

There is no query here that could read another one: showing an unverified testimonial is unlawful (16 CFR 465).
"""

from datetime import datetime
from uuid import UUID

from core.db.pool import Connection
from core.domain.catalog import Testimonial

_OF_COURSE = """
    select id, person, role, country, words, topics, objection, is_sample,
        exists (select from messages
                where lead_id = %(lead_id)s and author = 'brenda' and strpos(text, words) > 0) as told
    from student_testimonials
    where course_id = %(course_id)s and (not is_sample or %(samples)s)
        and verified_at <= %(now)s and consent_reference is not null and consent_reference ~ '\\S'
    order by id
"""


async def of_course(
    conn: Connection, course_id: int, now: datetime, samples: bool, lead_id: UUID | None = None
) -> tuple[Testimonial, ...]:
    """The testimonials that may be shown, in the order of their ids. `told`: this lead has heard of them."""
    values = {"course_id": course_id, "now": now, "samples": samples, "lead_id": lead_id}
    rows = await (await conn.execute(_OF_COURSE, values)).fetchall()
    return tuple(Testimonial.model_validate(row) for row in rows)
