"""Shows what a course teaches: its modules with their hours, all of them or the ones that were asked about.

A topic that no module names shows the whole syllabus: what is not in it can then be seen, and is not guessed.
"""

from typing import Annotated

from pydantic import Field

from core.context import Context
from core.db import courses
from core.domain.catalog import Course, Module
from core.domain.evidence import Fact, FactKind
from core.domain.plain_text import Line
from core.domain.ranking import overlap
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

DETAILED = 3


class ShowSyllabusArguments(Arguments):
    """Which part of the syllabus."""

    topic: Annotated[Line | None, Field(description="Topic that was asked about; leave out for all modules")] = None
    module: Annotated[int | None, Field(ge=1, le=100, description="Number of one module, counted from 1")] = None


async def show_syllabus(arguments: ShowSyllabusArguments, context: Context) -> ToolResult:
    """The modules as facts; summaries only when at most three are meant. Missing: unknown_course, no_such_module."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        found = await courses.with_modules(conn, context.course_id, samples=context.settings.tells_samples)
    if found is None:
        return ToolResult(missing="unknown_course")
    course, modules = found
    return _result(course, _meant(arguments, modules))


def _meant(arguments: ShowSyllabusArguments, modules: tuple[Module, ...]) -> tuple[Module, ...]:
    if arguments.module is not None:
        return tuple(module for module in modules if module.position == arguments.module)
    scores = {module.id: overlap(arguments.topic, (module.title, module.summary)) for module in modules}
    return tuple(module for module in modules if scores[module.id] > 0)[:DETAILED] or modules


def _result(course: Course, modules: tuple[Module, ...]) -> ToolResult:
    if not modules:
        return ToolResult(missing="no_such_module")
    detailed = len(modules) <= DETAILED
    facts = (fact for module in modules for fact in _facts(module, detailed))
    return ToolResult(facts=(*course.texts(course__name=course.name), *facts, *course.marks()))


def _facts(module: Module, detailed: bool) -> tuple[Fact, ...]:
    title = module.texts(module__title=module.title)
    hours = module.fact("module.hours", FactKind.DURATION, module.hours, "hours")
    if not detailed:
        return (*title, hours)
    return (*title, *module.texts(module__position=str(module.position), module__summary=module.summary), hours)


SHOW_SYLLABUS = Tool(name="show_syllabus", arguments=ShowSyllabusArguments, run=show_syllabus)
