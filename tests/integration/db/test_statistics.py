"""A course's figures and the prices beside it come exactly as they are stored, in one row."""

from decimal import Decimal

from structlog.testing import capture_logs

from core.db import competitors, statistics
from core.db.pool import Pool
from tests.worlds import insert, make_course


async def _statistic(pool: Pool, course_id: int, **fields: object) -> int:
    row = {
        "name": "tasa",
        "kind": "percent",
        "value": "91.5",
        "unit": "%",
        "label": "terminan",
        "measured_on": "2026-06-30",
    }
    return int((await insert(pool, "course_statistics", {"course_id": course_id, **row, **fields}))["id"])


async def _competitor(pool: Pool, course_id: int, **fields: object) -> int:
    row = {"competitor": "Otra", "price": "99.90", "currency": "USD", "strengths": "S", "differences": "D"}
    values = {"course_id": course_id, "checked_on": "2026-10-01", **row, **fields}
    return int((await insert(pool, "competitor_analysis", values))["id"])


async def test_figures_are_exact_decimals(empty_database: Pool) -> None:
    course_id = await make_course(empty_database, price="99999999.99")
    value = "123456789012345678901.1234567890123456789"
    await _statistic(empty_database, course_id, value=value)
    await _competitor(empty_database, course_id, price="88888888.81")
    async with empty_database.connection() as conn:
        figures = await statistics.with_course(conn, course_id, samples=False)
        assert figures is not None
        assert figures.competitors == await competitors.of_course(conn, course_id, samples=False)
    assert figures.statistics[0].figure.value == Decimal(value)
    assert (figures.competitors[0].price, figures.competitors[0].course_price) == (
        Decimal("88888888.81"),
        Decimal("99999999.99"),
    )


async def test_samples_and_malformed_figures_are_left_out(empty_database: Pool) -> None:
    course_id = await make_course(empty_database)
    right = await _statistic(empty_database, course_id)
    wrong = await _statistic(empty_database, course_id, name="horas", kind="duration", unit="horas")
    sample = await _statistic(empty_database, course_id, name="muestra", is_sample=True)
    await _competitor(empty_database, course_id, is_sample=True)
    async with empty_database.connection() as conn:
        with capture_logs() as logs:
            hidden = await statistics.with_course(conn, course_id, samples=False)
            shown = await statistics.with_course(conn, course_id, samples=True)
    assert hidden is not None
    assert shown is not None
    assert ([row.id for row in hidden.statistics], hidden.competitors) == ([right], ())
    assert ([row.id for row in shown.statistics], len(shown.competitors)) == ([right, sample], 1)
    assert {entry["row"] for entry in logs} == {f"course_statistics:{wrong}"}


async def test_a_course_that_may_not_be_shown_has_no_figures(empty_database: Pool) -> None:
    sample = await make_course(empty_database, is_sample=True)
    gone = await make_course(empty_database, is_active=False)
    async with empty_database.connection() as conn:
        assert await statistics.with_course(conn, sample, samples=False) is None
        assert await statistics.with_course(conn, gone, samples=True) is None
