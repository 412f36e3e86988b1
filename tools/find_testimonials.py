"""Finds words of real students that answer this person's doubt, from people like them.

Only verified testimonials with consent are ever read. They are quoted whole: words that were cut would no longer be
the very words of a person.
"""

from typing import Annotated

from pydantic import Field

from core.context import Context
from core.db import testimonials
from core.domain.catalog import Testimonial
from core.domain.countries import country_code
from core.domain.evidence import Fact, FactKind
from core.domain.perception import Objection
from core.domain.plain_text import Line
from core.domain.ranking import best, overlap
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

LIMIT = 2
TOLD = 100
"""More than any fit: nobody hears the same story twice while there is another."""


class FindTestimonialsArguments(Arguments):
    """Whose words would help. What is left out is taken from what the person told about themselves."""

    objection: Annotated[Objection | None, Field(description="What holds the person back")] = None
    occupation: Annotated[Line | None, Field(description="The person's occupation")] = None
    country: Annotated[Line | None, Field(description="The person's country")] = None


async def find_testimonials(arguments: FindTestimonialsArguments, context: Context) -> ToolResult:
    """At most two testimonials, grouped by source. Missing: no_testimonials."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    samples = context.settings.tells_samples
    async with context.pool.connection() as conn:
        rows = await testimonials.of_course(conn, context.course_id, context.now, samples, context.lead.id)
    chosen = _best(rows, arguments, context)
    facts = tuple(fact for row in chosen for fact in _facts(row))
    return ToolResult(facts=facts, missing="" if facts else "no_testimonials")


def _best(
    rows: tuple[Testimonial, ...], arguments: FindTestimonialsArguments, context: Context
) -> tuple[Testimonial, ...]:
    profile = context.lead.profile
    occupation = arguments.occupation or profile.occupation
    country = country_code(arguments.country or profile.country)

    def score(row: Testimonial) -> int:
        alike = min(2, overlap(occupation, (row.role, *row.topics)))
        answers = arguments.objection is not None and row.objection == arguments.objection
        return 8 * answers + 3 * alike + 2 * (row.country == country) - TOLD * row.told

    return best(rows, score, context.turn_id, LIMIT)


def _facts(row: Testimonial) -> tuple[Fact, ...]:
    return (
        row.fact("testimonial.person", FactKind.PERSON, row.person),
        *row.texts(testimonial__role=row.role, testimonial__country=row.country),
        row.fact("testimonial.words", FactKind.QUOTE, row.words),
        *row.marks(),
    )


FIND_TESTIMONIALS = Tool(name="find_testimonials", arguments=FindTestimonialsArguments, run=find_testimonials)
