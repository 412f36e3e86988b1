"""Delivers a free resource: the one that fits best what the person asked, and not one that they have already got.

What was delivered is recorded by the turn itself (event `resource_delivered` with `resource_id`, which is the number in
the facts' source "free_resources:<id>"). What this tool writes is the row behind the link
to the file, which lets somebody open it on another device and tells us that they did.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from core.context import Context
from core.db import resources
from core.domain.catalog import Resource
from core.domain.messages import Media, MediaKind
from core.domain.plain_text import Line
from core.domain.ranking import best, overlap
from core.domain.shared_links import SharedKind
from core.domain.tools import ToolResult
from tools.at_hand import at_hand
from tools.link_button import share
from tools.tool import Arguments, Tool


class DeliverResourceArguments(Arguments):
    """Which resource."""

    topic: Annotated[Line | None, Field(description="What the person wants to learn or do, in a few words")] = None
    kind: Annotated[
        Literal["pdf", "template", "guide", "checklist"] | None, Field(description="Kind of file, if one was asked for")
    ] = None


async def deliver_resource(arguments: DeliverResourceArguments, context: Context) -> ToolResult:
    """One resource as a document. Missing: no_resource, all_resources_delivered, file_not_available."""
    if context.course_id is None:
        return ToolResult(missing="no_course")
    samples = context.settings.tells_samples
    async with context.pool.connection() as conn:
        shelf = await resources.for_lead(conn, context.course_id, context.lead.id, context.turn_id, samples)
    if not shelf.fresh:
        return ToolResult(missing="all_resources_delivered" if shelf.delivered else "no_resource")
    return await _first_available(_ranked(shelf.fresh, arguments, context), context)


def _ranked(rows: tuple[Resource, ...], arguments: DeliverResourceArguments, context: Context) -> tuple[Resource, ...]:
    wishes = " ".join(filter(None, (context.lead.profile.occupation, context.lead.profile.goal)))

    def score(resource: Resource) -> int:
        words = (resource.title, resource.description, *resource.topics)
        asked = overlap(arguments.topic, words)
        return 100 * asked + 50 * (resource.kind == arguments.kind) + overlap(wishes, words)

    return best(rows, score, context.turn_id, len(rows))


async def _first_available(ranked: Iterable[Resource], context: Context) -> ToolResult:
    for resource in ranked:
        here = at_hand(context.settings, resource.path, resource.source)
        if here is not None:
            return await _result(resource, here, context)
    return ToolResult(missing="file_not_available")


async def _result(resource: Resource, here: bool, context: Context) -> ToolResult:
    """The file itself when it is at hand, and in any case the link to it."""
    facts = resource.texts(
        resource__title=resource.title, resource__kind=resource.kind, resource__description=resource.description
    )
    button, told = await share(context, SharedKind.RESOURCE, resource.id, DELIVER_RESOURCE.name, "open.resource")
    document = Media(kind=MediaKind.DOCUMENT, path=resource.path, caption=resource.title)
    return ToolResult(facts=(*facts, *resource.marks(), *told), buttons=(button,), media=(document,) if here else ())


DELIVER_RESOURCE = Tool(name="deliver_resource", arguments=DeliverResourceArguments, run=deliver_resource)
