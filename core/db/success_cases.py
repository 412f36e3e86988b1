"""Success cases: only of students who were verified and whose consent is on file, with their measured figures."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow

from core.db.metrics import figures_of
from core.db.pool import Connection
from core.domain.catalog import SuccessCase

_OF_COURSE = """
    select id, person, occupation, title, story, metrics, is_sample,
        exists (select from messages where lead_id = %(lead_id)s and author = 'brenda' and strpos(text, person) > 0)
            as told
    from success_cases
    where course_id = %(course_id)s and (not is_sample or %(samples)s)
        and verified_at <= %(now)s and consent_reference is not null and consent_reference ~ '\\S'
    order by id
"""


async def of_course(
    conn: Connection, course_id: int, now: datetime, samples: bool, lead_id: UUID | None = None
) -> tuple[SuccessCase, ...]:
    """The cases that may be shown, without malformed metrics, which are logged. `told`: this lead heard of them."""
    values = {"course_id": course_id, "now": now, "samples": samples, "lead_id": lead_id}
    rows = await (await conn.execute(_OF_COURSE, values)).fetchall()
    return tuple(_case(row) for row in rows)


def _case(row: DictRow) -> SuccessCase:
    metrics = figures_of(row["metrics"], f"{SuccessCase.table}:{row['id']}")
    return SuccessCase.model_validate({**row, "metrics": metrics})
