"""Compares the course with others, fairly: their strengths as well as the differences, and the day it was checked."""

from typing import Annotated

from pydantic import Field

from core.context import Context
from core.db import competitors
from core.domain.catalog import Competitor, competitor_prices
from core.domain.evidence import Fact, FactKind
from core.domain.plain_text import Line
from core.domain.ranking import overlap
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

LIMIT = 3


class CompareCompetitorsArguments(Arguments):
    """Which competitor."""

    competitor: Annotated[Line | None, Field(description="Name of the other course; leave out for all")] = None


async def compare_competitors(arguments: CompareCompetitorsArguments, context: Context) -> ToolResult:
    """At most three competitors, grouped by source. Missing: no_competitors, unknown_competitor."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        rows = await competitors.of_course(conn, context.course_id, samples=context.settings.tells_samples)
    if not rows:
        return ToolResult(missing="no_competitors")
    facts = tuple(fact for row in _meant(arguments.competitor, rows) for fact in _facts(row))
    return ToolResult(facts=facts, missing="" if facts else "unknown_competitor")


def _meant(name: str | None, rows: tuple[Competitor, ...]) -> tuple[Competitor, ...]:
    if not name:
        return rows[:LIMIT]
    scores = {row.id: overlap(name, (row.competitor,)) for row in rows}
    most = max(scores.values())
    return tuple(row for row in rows if most > 0 and scores[row.id] == most)[:LIMIT]


def _facts(row: Competitor) -> tuple[Fact, ...]:
    hours = (row.fact("competitor.hours", FactKind.DURATION, row.total_hours, "hours"),) if row.total_hours else ()
    return (
        *competitor_prices(row),
        *hours,
        *row.texts(competitor__strengths=row.strengths, competitor__differences=row.differences),
        *row.marks(),
    )


COMPARE_COMPETITORS = Tool(name="compare_competitors", arguments=CompareCompetitorsArguments, run=compare_competitors)
