"""Shows the guarantee as it is written: its days and its terms, nothing that is not in the course's row."""

from core.context import Context
from core.db import courses
from core.domain.catalog import guarantee_facts
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool


class ShowGuaranteeArguments(Arguments):
    """None: a course has one guarantee."""


async def show_guarantee(arguments: ShowGuaranteeArguments, context: Context) -> ToolResult:  # noqa: ARG001
    """The guarantee's days and terms. Missing: unknown_course, no_guarantee."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        course = await courses.by_id(conn, context.course_id, samples=context.settings.tells_samples)
    if course is None:
        return ToolResult(missing="unknown_course")
    facts = guarantee_facts(course, "guarantee.days", "guarantee.terms")
    return ToolResult(facts=(*facts, *course.marks())) if facts else ToolResult(missing="no_guarantee")


SHOW_GUARANTEE = Tool(name="show_guarantee", arguments=ShowGuaranteeArguments, run=show_guarantee)
