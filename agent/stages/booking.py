"""What is said when a demonstration was booked, moved or cancelled: from templates, because everything in it is known.

The world tells of it; what is said rests on the booking's row as it is now, so that of two quick changes the last one
is told truthfully and the first not at all.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from langgraph.types import Command

from agent.state import Draft, State
from agent.voice import label_of, say
from core.context import Context
from core.db import bookings, courses, demo_links
from core.domain.bookings import Booking, BookingChange, BookingStatus
from core.domain.funnel import Stage
from core.domain.messages import Button, Input, Outgoing
from core.domain.promises import DemoLink
from core.integrations.links import LinkPurpose
from core.prompts.calendar import spoken
from tools.link_button import link_button

QUESTION = "ask.advisor"
CHANGE, AGAIN, JOIN = "open.booking", "open.demo", "open.call"


async def booking(state: State, context: Context) -> Command[Any]:
    """Confirm what happened on the page, and take up the talk again where the demo had led away from it."""
    scratch = state["scratch"]
    draft = scratch.draft
    if message := await _told(scratch.request.inputs[0], context):
        draft = _onward(draft.saying(message) if draft.stage is not Stage.OPTED_OUT else draft)
    return Command(goto="settle", update={"scratch": scratch.with_draft(draft)})


def _onward(draft: Draft) -> Draft:
    """Who has booked is out of the stage that was for it; anybody else stays where they are."""
    return replace(draft, stage=Stage.CONVERSATION) if draft.stage is Stage.DEMO else draft


async def _told(given: Input, context: Context) -> Outgoing | None:
    """What is said; None when it is no longer so, or concerns nobody here."""
    number = _number(given.data.get("booking"))
    async with context.pool.connection() as conn:
        booked = await bookings.by_id(conn, number) if number else None
        if booked is None or booked.lead_id != context.lead.id:
            return None
        link = await demo_links.by_id(conn, booked.demo_link_id)
        course = await courses.by_id(conn, booked.course_id, context.settings.tells_samples)
    if link is None or (given.action == BookingChange.CANCELLED) != (booked.status is BookingStatus.CANCELLED):
        return None
    words = _words(context, booked) | {"course_name": course.name if course else ""}
    if booked.status is BookingStatus.CANCELLED:
        template = "withdrawn" if given.data.get("by") == "host" else "cancelled"
        return _with(say(context, f"booking/{template}", **words), _page(context, link, AGAIN))
    if not booked.is_open(context.now):
        return None
    said = say(context, f"booking/{BookingChange(given.action)}", QUESTION, **words)
    join = (Button(label=label_of(context.prompts, JOIN), url=booked.link),) if booked.link else ()
    return _with(said, _page(context, link, CHANGE), *join)


def _number(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _words(context: Context, booked: Booking) -> dict[str, Any]:
    moment = spoken(context.prompts, booked.starts_at, booked.visitor_timezone)
    return {
        "name": context.lead.name or "",
        "day": moment.day,
        "hour": moment.hour,
        "zone": moment.zone,
        "minutes": booked.minutes,
        "host": booked.host_name,
        "place": booked.place,
    }


def _page(context: Context, link: DemoLink, label: str) -> Button:
    return link_button(context, LinkPurpose.DEMO, link.id, link.created_at, label)


def _with(message: Outgoing, *buttons: Button) -> Outgoing:
    return message.model_copy(update={"buttons": (*buttons, *message.buttons)})
