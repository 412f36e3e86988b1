"""Other courses are compared fairly, with the day on which they were checked."""

import pytest

from core.context import Context
from core.db.pool import Pool
from core.domain.tools import ToolResult
from tests.worlds import insert, make_context, make_course, production_settings, valued
from tools.compare_competitors import LIMIT, CompareCompetitorsArguments, compare_competitors

NAMES = ("Escuela Norte", "Academia Sur", "Instituto Este", "Academia Oeste")


async def _fill(pool: Pool, **fields: object) -> None:
    course_id = await make_course(pool, price="100.00")
    for name in NAMES:
        row = {"course_id": course_id, "competitor": name, "price": "150.00", "currency": "USD", "total_hours": 10}
        words = {"strengths": f"Fuerte {name}", "differences": f"Distinta {name}", "checked_on": "2026-10-01"}
        await insert(pool, "competitor_analysis", row | words | fields)


async def _compare(context: Context, **arguments: str) -> ToolResult:
    return await compare_competitors(CompareCompetitorsArguments.model_validate(arguments), context)


async def test_each_comes_with_strengths_differences_and_the_day(empty_database: Pool) -> None:
    await _fill(empty_database)
    result = await _compare(await make_context(empty_database))
    facts = valued(result)
    assert facts == {
        "competitor.name": list(NAMES[:LIMIT]),
        "competitor.price": ["150.00"] * LIMIT,
        "competitor.checked_on": ["2026-10-01"] * LIMIT,
        "comparison.saving": ["50.00"] * LIMIT,
        "competitor.hours": ["10"] * LIMIT,
        "competitor.strengths": [f"Fuerte {name}" for name in NAMES[:LIMIT]],
        "competitor.differences": [f"Distinta {name}" for name in NAMES[:LIMIT]],
    }
    assert len({fact.source for fact in result.facts}) == LIMIT


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("escuela norte", ["Escuela Norte"]),
        ("INSTITUTO", ["Instituto Este"]),
        ("la academia", ["Academia Sur", "Academia Oeste"]),
        ("academia oeste", ["Academia Oeste"]),
    ],
)
async def test_the_one_that_was_named_is_found(empty_database: Pool, asked: str, names: list[str]) -> None:
    await _fill(empty_database)
    assert valued(await _compare(await make_context(empty_database), competitor=asked))["competitor.name"] == names


@pytest.mark.parametrize("asked", ["Hogwarts", "🙂", "%", "' or 1=1 --"])
async def test_of_one_that_nobody_checked_nothing_is_said(empty_database: Pool, asked: str) -> None:
    await _fill(empty_database)
    result = await _compare(await make_context(empty_database), competitor=asked)
    assert result == ToolResult(missing="unknown_competitor")


async def test_none_is_said_when_there_is_none_to_show(empty_database: Pool) -> None:
    assert (await _compare(await make_context(empty_database))).missing == "no_course"
    await _fill(empty_database, is_sample=True)
    hidden = await _compare(await make_context(empty_database, settings=production_settings()))
    assert hidden == ToolResult(missing="no_competitors")
    assert len(valued(await _compare(await make_context(empty_database)))["sample"]) == LIMIT
