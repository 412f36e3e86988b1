"""Makes a personal link to a demonstration of the course.

What the demonstration lasts is not stored anywhere, so nothing is said of it.
"""

from datetime import timedelta

from core.context import Context
from core.db import demo_links
from core.domain.evidence import FactKind
from core.domain.promises import DemoLink
from core.domain.tools import ToolResult
from core.domain.zones import told
from core.integrations.links import LinkPurpose
from tools.link_button import link_button
from tools.tool import Arguments, Tool, idempotency_key

LABEL, CHANGE = "open.demo", "open.booking"


class CreateDemoLinkArguments(Arguments):
    """None: the link is for the person of the chat and the course they talk about."""


async def create_demo_link(arguments: CreateDemoLinkArguments, context: Context) -> ToolResult:
    """The link and its expiry. Missing: unknown_course."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    async with context.pool.connection() as conn:
        link = await demo_links.create(
            conn,
            key=idempotency_key(context, CREATE_DEMO_LINK.name, arguments),
            turn_id=context.turn_id,
            lead_id=context.lead.id,
            course_id=context.course_id,
            now=context.now,
            expires_at=context.now + timedelta(hours=context.settings.link_hours),
            samples=context.settings.tells_samples,
        )
    return _result(context, link) if link else ToolResult(missing="unknown_course")


def _result(context: Context, link: DemoLink) -> ToolResult:
    booked = any(fact.key == "booking.starts_at" for fact in context.facts)
    button = link_button(context, LinkPurpose.DEMO, link.id, link.created_at, CHANGE if booked else LABEL)
    facts = (
        link.fact("demo.link", FactKind.LINK, button.url),
        link.fact("demo.expires_at", FactKind.DATE, told(link.expires_at, context.lead.timezone)),
    )
    return ToolResult(facts=facts, buttons=(button,))


CREATE_DEMO_LINK = Tool(name="create_demo_link", arguments=CreateDemoLinkArguments, run=create_demo_link)
