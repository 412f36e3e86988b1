"""Finds what students achieved, from people with a like occupation or goal; their figures are typed facts."""

from typing import Annotated

from pydantic import Field

from core.context import Context
from core.db import success_cases
from core.domain.catalog import SuccessCase
from core.domain.evidence import Fact, FactKind
from core.domain.plain_text import Line
from core.domain.ranking import best, overlap
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

LIMIT = 2
TOLD = 100
"""More than any fit: nobody hears the same story twice while there is another."""


class FindSuccessCasesArguments(Arguments):
    """Whose success would help. What is left out is taken from what the person told about themselves."""

    occupation: Annotated[Line | None, Field(description="The person's occupation")] = None
    goal: Annotated[Line | None, Field(description="What the person wants to achieve")] = None


async def find_success_cases(arguments: FindSuccessCasesArguments, context: Context) -> ToolResult:
    """At most two cases, grouped by source. Missing: no_success_cases."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    samples = context.settings.tells_samples
    async with context.pool.connection() as conn:
        rows = await success_cases.of_course(conn, context.course_id, context.now, samples, context.lead.id)
    chosen = _best(rows, arguments, context)
    facts = tuple(fact for row in chosen for fact in _facts(row))
    return ToolResult(facts=facts, missing="" if facts else "no_success_cases")


def _best(
    rows: tuple[SuccessCase, ...], arguments: FindSuccessCasesArguments, context: Context
) -> tuple[SuccessCase, ...]:
    occupation = arguments.occupation or context.lead.profile.occupation
    goal = arguments.goal or context.lead.profile.goal

    def score(row: SuccessCase) -> int:
        alike = min(2, overlap(occupation, (row.occupation, row.title)))
        return 3 * alike + min(4, overlap(goal, (row.title, row.story))) - TOLD * row.told

    return best(rows, score, context.turn_id, LIMIT)


def _facts(row: SuccessCase) -> tuple[Fact, ...]:
    return (
        row.fact("case.person", FactKind.PERSON, row.person),
        *row.texts(case__occupation=row.occupation, case__title=row.title, case__story=row.story),
        *(fact for figure in row.metrics for fact in row.measured(f"case.metric.{figure.name}", figure)),
        *row.marks(),
    )


FIND_SUCCESS_CASES = Tool(name="find_success_cases", arguments=FindSuccessCasesArguments, run=find_success_cases)
