"""Notices: what the advisors are told of a lead, with who it is, how likely they buy, and what may help now.

A notice goes to the chats of those on duty, to all when nobody is, as rows of the outbox. A reply to it reaches the
lead as the advisor's words, because the row names the lead. Its key makes telling it again harmless. A moment among the
variables is told on each advisor's own clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from core.db import advisors, lead_cards, outbox
from core.db.outbox import OutboxDraft
from core.db.pool import Connection
from core.domain.duty_hours import DutyHours
from core.domain.lead_card import LeadCard
from core.domain.messages import Outgoing
from core.prompts.prompt_set import PromptSet
from core.world.next_action import next_action, situation_of

LIVE_CHANNELS = frozenset({"telegram", "console"})
"""Channels whose outbox is delivered; for the others a notice is only recorded."""
NAMELESS_CHANNEL = "telegram"
"""Where advisors are told of what belongs to no lead any more, such as a dispute over an erased one's payment."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    HOT_LEAD = "hot_lead"
    HANDOFF = "handoff"
    BOOKING = "booking"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `template` is a name below `prompts/messages/desk/`, and `variables` what it declares.

    `key` names the event ("booking:<id>:booked"): the same key is told once. Every template may also use `name`,
    `number` and `course_name` of the lead. `handoff_id` is the hand-off that it asks for, if it does.
    """

    kind: NoticeKind
    lead_id: UUID | None
    template: str
    variables: Mapping[str, object]
    key: str
    handoff_id: int | None = None


async def notify(conn: Connection, prompts: PromptSet, notice: Notice, now: datetime) -> None:
    """Tell the advisors, in the connection's transaction. Nobody is told when there is nobody to tell.

    Raises:
        PromptError: a variable that the template declares is missing.
    """
    card = await lead_cards.load(conn, notice.lead_id) if notice.lead_id else None
    channel = card.channel if card else NAMELESS_CHANNEL
    roster = await advisors.roster(conn, channel)
    drafts = [
        OutboxDraft(
            key=f"notice:{notice.kind}:{notice.key}:{post.chat}",
            channel=channel,
            chat=post.chat,
            turn_id=f"notice:{notice.kind}:{notice.key}",
            message=Outgoing(text=_text(prompts, notice, card, post.hours, now)),
            lead_id=card.id if card else None,
            prompt_hash=prompts.hash,
            about_handoff=notice.handoff_id,
            status="pending" if channel in LIVE_CHANNELS else "recorded",
        )
        for post in roster.audience(now)
    ]
    await outbox.add(conn, drafts, now)


def _text(prompts: PromptSet, notice: Notice, card: LeadCard | None, hours: DutyHours, now: datetime) -> str:
    given = {"name": "", "number": None, "course_name": ""} | dict(notice.variables)
    if card:
        given |= {"name": card.name or "", "number": card.number}
        given["course_name"] = given["course_name"] or card.course or ""
    told = localised(given, hours)
    said = prompts.render(f"messages/desk/{notice.template}", **told)
    return f"{said}\n\n{about(prompts, card, hours, now)}" if card else said


def about(prompts: PromptSet, card: LeadCard, hours: DutyHours, now: datetime) -> str:
    """Who the lead is, how likely they buy and what may help now, in a few lines."""
    return prompts.render(
        "messages/desk/about",
        **localised({"card": card.model_dump(mode="python")}, hours),
        action=next_action(situation_of(card, now)).value,
    )


def localised(variables: Mapping[str, object], hours: DutyHours) -> dict[str, object]:
    """The variables with every moment as it stands on the clock of somebody's zone.

    A moment becomes {"weekday" (0 is Monday), "day", "month", "year", "clock" ("09:30"), "zone"}.
    """
    return {name: _local(value, hours) for name, value in variables.items()}


def _local(value: object, hours: DutyHours) -> object:
    if isinstance(value, datetime):
        return wall_clock(value, hours.zone)
    if isinstance(value, Mapping):
        return localised(value, hours)
    return [_local(item, hours) for item in value] if isinstance(value, list | tuple) else value


def wall_clock(moment: datetime, place: ZoneInfo) -> dict[str, object]:
    """A moment as templates take it: the words for days and months are theirs."""
    local = moment.astimezone(place)
    day = {"weekday": local.weekday(), "day": local.day, "month": local.month, "year": local.year}
    return {**day, "clock": f"{local:%H:%M}", "zone": place.key}
