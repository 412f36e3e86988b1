"""Free resources of a course, and which of them a lead has already got.

A delivery is an event of kind `resource_delivered` whose payload holds `resource_id`. Those of the present turn do not
count, so that a turn that is run again finds the same resource.
"""

from dataclasses import dataclass
from uuid import UUID

from core.db.pool import Connection
from core.domain.catalog import Resource

_OF_COURSE = """
    select r.*, exists (
        select from events e
        where e.lead_id = %(lead_id)s and e.kind = 'resource_delivered'
            and e.payload ->> 'resource_id' = r.id::text and e.turn_id is distinct from %(turn_id)s
    ) as delivered
    from free_resources r
    where r.course_id = %(course_id)s and (not r.is_sample or %(samples)s)
    order by r.id
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A course's resources, those that the lead has not got yet and those that they have."""

    fresh: tuple[Resource, ...]
    delivered: tuple[Resource, ...]


async def for_lead(conn: Connection, course_id: int, lead_id: UUID, turn_id: str, samples: bool) -> Shelf:
    """The course's resources as this lead sees them before this turn."""
    values = {"course_id": course_id, "lead_id": lead_id, "turn_id": turn_id, "samples": samples}
    rows = await (await conn.execute(_OF_COURSE, values)).fetchall()
    return Shelf(
        fresh=tuple(Resource.model_validate(row) for row in rows if not row["delivered"]),
        delivered=tuple(Resource.model_validate(row) for row in rows if row["delivered"]),
    )
