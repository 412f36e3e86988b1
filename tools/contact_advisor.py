"""Calls a human: opens the hand-off of this chat. The stage moves, and the notice goes out, because of the row.

When there is nobody to call, nothing is opened and nothing may be promised. When nobody is on duty, the hand-off waits
for the next opening, all advisors find the notice when they are back, and Brenda goes on talking until then.
"""

import json
from datetime import datetime, timedelta
from math import ceil

from pydantic import Field

from core.context import Context
from core.db import advisors, handoffs
from core.db.pool import Connection
from core.domain.evidence import Fact, FactKind
from core.domain.plain_text import Line
from core.domain.promises import Handoff, HandoffStatus
from core.domain.tools import ToolResult
from core.domain.zones import told
from core.world.notices import Notice, NoticeKind, notify
from tools.tool import Arguments, Tool, idempotency_key

OUTSIDE_HOURS = "outside_hours"
"""What is missing when somebody can be called, but not now."""
OPENING = "advisor.opening"
"""The key of the fact that says from when on somebody is on duty again."""


class ContactAdvisorArguments(Arguments):
    """Why a human is needed."""

    reason: Line = Field(default="", description="Why a human is needed, in a few words of the person's own")


async def contact_advisor(arguments: ContactAdvisorArguments, context: Context) -> ToolResult:
    """That an advisor is called, and by when Brenda is back. Missing: no_advisor, outside_hours."""
    async with context.pool.connection() as conn, conn.transaction():
        roster = await advisors.roster(conn, context.lead.channel, context.settings.advisor_chat)
        on_duty = bool(roster.on_duty(context.now))
        opening = None if on_duty else roster.next_opening(context.now)
        if not on_duty and opening is None:
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
            opening=opening,
        )
        if opening is None or handoff.status is not HandoffStatus.WAITING:
            return ToolResult(facts=_facts(context, handoff))
        await _leave_word(conn, arguments, context, handoff, opening)
    told_opening = told(opening, context.lead.timezone)
    return ToolResult(facts=(handoff.fact(OPENING, FactKind.DATE, told_opening),), missing=OUTSIDE_HOURS)


async def _leave_word(
    conn: Connection, arguments: ContactAdvisorArguments, context: Context, handoff: Handoff, opening: datetime
) -> None:
    """Nobody is on duty: the notice waits for everybody, and a reply to it takes the chat."""
    notice = Notice(
        kind=NoticeKind.HANDOFF,
        lead_id=context.lead.id,
        template="asked_outside_hours",
        variables={"reason": arguments.reason, "opening": opening},
        key=context.turn_id,
        handoff_id=handoff.id,
    )
    await notify(conn, context.prompts, notice, context.now)


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
