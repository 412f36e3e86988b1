"""Lists what comes on top of the course now: the live offers of the kind bonus, the soonest to end first."""

from core.context import Context
from core.db import offers
from core.domain.offers import OfferKind, places, terms
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool

MOST = 3
"""Bonuses in one answer, so that a prompt stays small."""


class ListBonusesArguments(Arguments):
    """None: what is live is the same for everybody."""


async def list_bonuses(arguments: ListBonusesArguments, context: Context) -> ToolResult:  # noqa: ARG001
    """The live bonuses with their terms and places, grouped by their source. Missing: no_live_bonus."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    samples = context.settings.tells_samples
    async with context.pool.connection() as conn:
        live = await offers.live(conn, context.course_id, OfferKind.BONUS, context.now, samples)
    facts = (fact for bonus in live[:MOST] for fact in (*terms(bonus, context.lead.timezone), *places(bonus)))
    return ToolResult(facts=tuple(facts)) if live else ToolResult(missing="no_live_bonus")


LIST_BONUSES = Tool(name="list_bonuses", arguments=ListBonusesArguments, run=list_bonuses)
