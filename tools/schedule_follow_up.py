"""Promises a message for a later moment: a row is stored, and the turn's end defers the job that keeps the promise.

The moment is given the way people say it ("in two hours", "on Friday", "tomorrow at nine") and is understood in the
person's own time zone. Where that is only guessed it is told whose clock is meant, so that the person can be asked, and
the promise moves to their own clock once they say (`core/world/planner.py`). Nothing is promised for the past, for the
next minutes, or for months ahead.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from core.context import Context
from core.db import follow_ups
from core.domain.evidence import FactKind
from core.domain.plain_text import Line
from core.domain.tools import ToolResult
from core.domain.zones import told, zone
from core.prompts.calendar import spoken
from core.world.zone_of import Known, zone_of
from tools.tool import Arguments, Tool, idempotency_key

KIND = "asked"
SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=60)
USUAL_HOUR = 10
"""Local hour for a day that was named without one."""


class ScheduleFollowUpArguments(Arguments):
    """When to write. A date wins over a number of hours; an hour is of the person's own clock."""

    in_hours: float | None = Field(default=None, description="Hours from now, e.g. 2 or 24")
    on: date | None = Field(default=None, description="Local date, YYYY-MM-DD")
    hour: int | None = Field(default=None, description="Local hour of that day, 0 to 23; alone: the next such hour")
    note: Line = Field(default="", description="What to come back to, in a few words")


async def schedule_follow_up(arguments: ScheduleFollowUpArguments, context: Context) -> ToolResult:
    """When it is due, on the person's clock, and whose clock that is where it is a guess. Missing: bad_time."""
    lead = context.lead
    place = zone_of(Known(stated=lead.timezone, country=lead.profile.country, language=lead.language))
    guessed = place.zone if not place.is_sure and (arguments.hour is not None or arguments.on is not None) else None
    due_at = due_moment(arguments, context.now, zone(place.zone))
    if due_at is None:
        return ToolResult(missing="bad_time")
    async with context.pool.connection() as conn:
        follow_up = await follow_ups.plan(
            conn,
            key=idempotency_key(context, SCHEDULE_FOLLOW_UP.name, arguments),
            turn_id=context.turn_id,
            lead_id=context.lead.id,
            kind=KIND,
            note=arguments.note,
            due_at=due_at,
            now=context.now,
            guessed_zone=guessed,
        )
    due = follow_up.fact("follow_up.due_at", FactKind.DATE, told(follow_up.due_at, place.zone))
    if not guessed:
        return ToolResult(facts=(due,))
    clock = spoken(context.prompts, follow_up.due_at, place.zone).zone
    return ToolResult(facts=(due, follow_up.fact("follow_up.clock", FactKind.TEXT, clock)))


def due_moment(arguments: ScheduleFollowUpArguments, now: datetime, place: ZoneInfo) -> datetime | None:
    """The moment that is meant (aware UTC), or None when it cannot be promised."""
    try:
        meant = _meant(arguments, now, place)
    except (ValueError, OverflowError):
        return None
    return meant if meant and now + SOONEST <= meant <= now + LATEST else None


def _meant(arguments: ScheduleFollowUpArguments, now: datetime, place: ZoneInfo) -> datetime | None:
    hour = arguments.hour
    if arguments.on is not None:
        return _at(arguments.on, USUAL_HOUR if hour is None else hour, place)
    if arguments.in_hours is not None:
        then = now + timedelta(hours=arguments.in_hours)
        return then if hour is None else _at(then.astimezone(place).date(), hour, place)
    return None if hour is None else _next(hour, now, place)


def _next(hour: int, now: datetime, place: ZoneInfo) -> datetime:
    today = now.astimezone(place).date()
    moment = _at(today, hour, place)
    return moment if moment >= now + SOONEST else _at(today + timedelta(days=1), hour, place)


def _at(day: date, hour: int, place: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), place).astimezone(UTC)


SCHEDULE_FOLLOW_UP = Tool(name="schedule_follow_up", arguments=ScheduleFollowUpArguments, run=schedule_follow_up)
