"""Competitors of a course, as somebody checked them on a given day, beside the course's own price."""

from core.db.pool import Connection
from core.domain.catalog import Competitor

_OF_COURSE = """
    select r.*, c.price as course_price, c.currency as course_currency
    from competitor_analysis r join courses c on c.id = r.course_id
    where r.course_id = %(course_id)s and c.is_active and (%(samples)s or not (r.is_sample or c.is_sample))
    order by r.id
"""


async def of_course(conn: Connection, course_id: int, samples: bool) -> tuple[Competitor, ...]:
    """The competitors, in the order of their ids."""
    rows = await (await conn.execute(_OF_COURSE, {"course_id": course_id, "samples": samples})).fetchall()
    return tuple(Competitor.model_validate(row) for row in rows)
