"""Statistics of a course: measured figures, read together with the course and the prices of others.

They are only ever told side by side, so that one row with JSON in it saves two round trips.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.db.metrics import figure_of
from core.db.pool import Connection
from core.domain.catalog import Competitor, Course, Statistic

# Numbers travel as text: as JSON numbers they would come back as binary floats.
_WITH_COURSE = """
    select c.*, (
        select coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('value', s.value::text) order by s.id), '[]')
        from course_statistics s where s.course_id = c.id and (not s.is_sample or %(samples)s)
    ) as statistics, (
        select coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('price', r.price::text) order by r.id), '[]')
        from competitor_analysis r where r.course_id = c.id and (not r.is_sample or %(samples)s)
    ) as competitors
    from courses c where c.id = %(course_id)s and c.is_active and (not c.is_sample or %(samples)s)
"""


@dataclass(frozen=True, slots=True)
class CourseFigures:
    """A course with what was measured of it and what others ask, in the order of their ids."""

    course: Course
    statistics: tuple[Statistic, ...]
    competitors: tuple[Competitor, ...]


async def with_course(conn: Connection, course_id: int, samples: bool) -> CourseFigures | None:
    """The figures, or None when there is no course that may be shown; malformed statistics are logged and left out."""
    row = await (await conn.execute(_WITH_COURSE, {"course_id": course_id, "samples": samples})).fetchone()
    if row is None:
        return None
    course = Course.model_validate(row)
    price = {"course_price": course.price, "course_currency": course.currency}
    statistics = (_statistic(item) for item in row["statistics"])
    return CourseFigures(
        course=course,
        statistics=tuple(item for item in statistics if item is not None),
        competitors=tuple(Competitor.model_validate({**item, **price}) for item in row["competitors"]),
    )


def _statistic(row: Mapping[str, Any]) -> Statistic | None:
    figure = figure_of(row, f"{Statistic.table}:{row['id']}")
    return Statistic.model_validate({**row, "figure": figure}) if figure else None
