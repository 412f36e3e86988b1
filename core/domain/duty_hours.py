"""Duty hours: when a person works, by the clock on their own wall, through every change of daylight saving time.

Who works at a moment is asked of the wall: the local time of that moment lies in one of the day's spans, or it does
not. So an hour that the clock shows twice is worked twice, and one that it skips is not worked. Everything else follows
from that one question: shifts begin only where a span begins, where the clock is set, or where an absence ends.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from core.domain.zones import DEFAULT_ZONE, zone

HORIZON = timedelta(days=15)
"""How far ahead a shift is looked for: two weeks and a day, because a span may lie in an hour that is skipped."""
_DAY = timedelta(days=1)
_FINE = timedelta(seconds=1)


class Span(BaseModel):
    """A stretch of a weekday, in minutes since midnight: `opens` belongs to it, `closes` (up to 1440) does not.

    `weekday` is ISO: 1 is Monday.
    """

    model_config = ConfigDict(frozen=True)

    weekday: int
    opens: int
    closes: int


class DutyHours(BaseModel):
    """Somebody's hours. Without spans they work at any hour. An absence without an end lasts until it is ended."""

    model_config = ConfigDict(frozen=True)

    timezone: str = DEFAULT_ZONE
    spans: tuple[Span, ...] = ()
    absent_since: datetime | None = None
    absent_until: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Their zone; the default one when the name is of no zone."""
        return zone(self.timezone)

    def absent(self, moment: datetime) -> bool:
        """Whether they are away at a moment (aware)."""
        begun = self.absent_since is not None and self.absent_since <= moment
        return begun and (self.absent_until is None or moment < self.absent_until)

    def on_duty(self, moment: datetime) -> bool:
        """Whether they work at a moment (aware)."""
        return not self.absent(moment) and self._at_work(moment)

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from this one on at which they work (UTC); None when there is none within the horizon."""
        start = moment.astimezone(UTC)
        if self.absent(start):
            if self.absent_until is None:
                return None
            start = self.absent_until.astimezone(UTC)
        return next((found for found in self._candidates(start) if self.on_duty(found)), None)

    def _at_work(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        day = local.isoweekday()
        return not self.spans or any(span.weekday == day and span.opens <= minute < span.closes for span in self.spans)

    def _candidates(self, start: datetime) -> list[datetime]:
        """Every moment from `start` on at which a shift may begin, in order."""
        found = {start, *self._openings(start), *_changes(self.zone, start)}
        if self.absent_until:
            found.add(self.absent_until.astimezone(UTC))
        return sorted(moment for moment in found if moment >= start)

    def _openings(self, start: datetime) -> Iterator[datetime]:
        first = start.astimezone(self.zone).date()
        for day in (first + _DAY * ahead for ahead in range(HORIZON.days + 1)):
            for span in self.spans:
                if span.weekday == day.isoweekday():
                    wall = datetime.combine(day, time(span.opens // 60, span.opens % 60), self.zone)
                    yield from (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _changes(zone_info: ZoneInfo, start: datetime) -> Iterator[datetime]:
    """The moments within the horizon at which the zone's clock is set."""
    days = [start + _DAY * ahead for ahead in range(HORIZON.days + 2)]
    for before, after in pairwise(days):
        if _offset(zone_info, before) != _offset(zone_info, after):
            yield _change(zone_info, before, after)


def _change(zone_info: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second that shows another offset than `before`."""
    offset = _offset(zone_info, before)
    while after - before > _FINE:
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(zone_info, middle) == offset else (before, middle)
    return after.replace(microsecond=0)


def _offset(zone_info: ZoneInfo, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone_info).utcoffset()
