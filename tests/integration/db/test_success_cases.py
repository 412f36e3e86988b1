"""Only verified success cases with consent are ever read, with the figures that can be checked."""

from datetime import UTC, datetime, timedelta
from itertools import product

from psycopg.types.json import Jsonb
from structlog.testing import capture_logs

from core.db import success_cases
from core.db.pool import Pool
from tests.worlds import make_case, make_course

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RIGHT = {"name": "alza", "kind": "percent", "value": 12.5, "unit": "%", "label": "alza de ingresos"}


async def test_of_all_rows_only_the_verified_and_consented_are_read(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    shown = set()
    for verified, consent, sample in product(
        (None, NOW + timedelta(days=1), NOW), (None, "", "\t", "consent-7"), (True, False)
    ):
        fields = {"verified_at": verified, "consent_reference": consent, "is_sample": sample}
        row = await make_case(empty_database, course_id, **fields)
        if verified == NOW and consent == "consent-7" and not sample:
            shown.add(row)
    async with empty_database.connection() as conn:
        rows = await success_cases.of_course(conn, course_id, NOW, samples=False)
    assert {row.id for row in rows} == shown
    assert len(shown) == 1


async def test_a_malformed_metric_is_left_out_and_logged(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    wrong = [{"name": "alza", "kind": "percent", "value": "mucho", "unit": "%", "label": "x"}, "35 %", None, {}, 7]
    row = await make_case(empty_database, course_id, metrics=Jsonb([wrong[0], RIGHT, *wrong[1:]]))
    async with empty_database.connection() as conn:
        with capture_logs() as logs:
            (case,) = await success_cases.of_course(conn, course_id, NOW, samples=False)
    assert [(figure.name, figure.written) for figure in case.metrics] == [("alza", "12.5")]
    assert [(entry["event"], entry["row"]) for entry in logs] == [("figure_malformed", f"success_cases:{row}")] * 5
