"""Puts the price beside its worth: what an hour costs, what was measured of former students, what others ask.

Every number is stored or computed from stored ones. There is no assumption about what this person earns or would earn,
and so no return on investment that nobody measured. Statistics of money and of time are the return (`roi.<name>`), the
others tell the course's quality (`statistic.<name>`).
"""

from core.context import Context
from core.db import statistics
from core.db.statistics import CourseFigures
from core.domain.catalog import Competitor, Course, Statistic, competitor_prices, price_per_hour
from core.domain.evidence import Fact, FactKind
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

COMPETITORS = 3
RETURNS = (FactKind.MONEY, FactKind.DURATION)


class ComparePricesArguments(Arguments):
    """None: everything that is stored about the course's worth is given."""


async def compare_prices(arguments: ComparePricesArguments, context: Context) -> ToolResult:  # noqa: ARG001
    """The price, its price per hour, measured returns and other prices. Missing: unknown_course."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        figures = await statistics.with_course(conn, context.course_id, samples=context.settings.tells_samples)
    return ToolResult(facts=_facts(figures)) if figures else ToolResult(missing="unknown_course")


def _facts(figures: CourseFigures) -> tuple[Fact, ...]:
    return (
        *_own(figures.course),
        *(fact for statistic in figures.statistics for fact in _measured(statistic)),
        *(fact for other in figures.competitors[:COMPETITORS] for fact in _other(other)),
    )


def _own(course: Course) -> tuple[Fact, ...]:
    hour = price_per_hour(course.price, course.total_hours)
    return (
        course.money("course.price", course.price, course.currency),
        course.fact("course.hours", FactKind.DURATION, course.total_hours, "hours"),
        course.money("comparison.price_per_hour", hour, course.currency),
        *course.marks(),
    )


def _measured(statistic: Statistic) -> tuple[Fact, ...]:
    group = "roi" if statistic.figure.kind in RETURNS else "statistic"
    return (*statistic.measured(f"{group}.{statistic.figure.name}", statistic.figure), *statistic.marks())


def _other(competitor: Competitor) -> tuple[Fact, ...]:
    return (*competitor_prices(competitor), *competitor.marks())


COMPARE_PRICES = Tool(name="compare_prices", arguments=ComparePricesArguments, run=compare_prices)
