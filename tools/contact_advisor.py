"""Calls a human: opens the hand-off of this chat. The stage moves, and the notice goes out, because of the row.

When there is nobody to call, nothing is opened and nothing may be promised.
"""

import json
from datetime import timedelta
from math import ceil

from pydantic import Field

from core.context import Context
from core.db import advisors, handoffs
from core.db.pool import Connection
from core.domain.evidence import Fact, FactKind
from core.domain.plain_text import Line
from core.domain.promises import Handoff
from core.domain.tools import ToolResult
from tools.tool import Arguments, Tool, idempotency_key


class ContactAdvisorArguments(Arguments):
    """Why a human is needed."""

    reason: Line = Field(default="", description="Why a human is needed, in a few words of the person's own")


async def contact_advisor(arguments: ContactAdvisorArguments, context: Context) -> ToolResult:
    """That an advisor is called, and by when Brenda is back. Missing: no_advisor."""
    async with context.pool.connection() as conn:
        if not await _somebody(conn, context):
            return ToolResult(missing="no_advisor")
        handoff = await handoffs.open_handoff(
            conn,
            key=idempotency_key(context, CONTACT_ADVISOR.name, arguments),
            turn_id=context.turn_id,
            lead_id=context.lead.id,
            reason=arguments.reason,
            summary=_summary(context),
            now=context.now,
            limit=timedelta(minutes=context.settings.handoff_minutes),
        )
    return ToolResult(facts=_facts(context, handoff))


async def _somebody(conn: Connection, context: Context) -> bool:
    return bool(await advisors.reachable(conn, context.lead.channel, context.settings.advisor_chat))


def _summary(context: Context) -> str:
    """Who it is about, as JSON; the notice to the advisors is written from more than this."""
    lead = context.lead
    about = {"name": lead.name, "stage": lead.stage, "course_id": context.course_id}
    return json.dumps(about | {"profile": lead.profile.model_dump(exclude_none=True)}, ensure_ascii=False)


def _facts(context: Context, handoff: Handoff) -> tuple[Fact, ...]:
    # Of a hand-off that was opened before, only the rest of its time is still to be waited.
    since = handoff.opened_at if handoff.turn_id == context.turn_id else context.now
    minutes = max(1, ceil((handoff.deadline_at - since) / timedelta(minutes=1)))
    return (
        handoff.fact("advisor.notified", FactKind.TEXT, "true"),
        handoff.fact("advisor.limit", FactKind.DURATION, str(minutes), "minutes"),
    )


CONTACT_ADVISOR = Tool(name="contact_advisor", arguments=ContactAdvisorArguments, run=contact_advisor)
