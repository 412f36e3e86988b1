"""Presents the discount that is live now: what it saves, when it ends, and how many places are really left.

Urgency comes from here only. An offer that nobody approved, that has not begun, that is over or sold out cannot be
presented, because the query does not find it.
"""

from core.context import Context
from core.db import offers
from core.domain.offers import OfferKind, places, terms
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool


class PresentOfferArguments(Arguments):
    """None: what is live is the same for everybody."""


async def present_offer(arguments: PresentOfferArguments, context: Context) -> ToolResult:  # noqa: ARG001
    """The best live discount with its terms and places. Missing: no_live_offer."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    samples = context.settings.tells_samples
    async with context.pool.connection() as conn:
        live = await offers.live(conn, context.course_id, OfferKind.DISCOUNT, context.now, samples)
    if not live:
        return ToolResult(missing="no_live_offer")
    return ToolResult(facts=(*terms(live[0], context.lead.timezone), *places(live[0])))


PRESENT_OFFER = Tool(name="present_offer", arguments=PresentOfferArguments, run=present_offer)
