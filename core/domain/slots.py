"""Free hours: from the hours that hosts keep on their own clocks to moments that somebody can still book.

Hours are read on the host's clock and counted in real minutes, so a day on which the clock is changed has an hour more
or less and no slot twice. A time that the change skips or repeats is taken the narrow way: opening at the later of its
two moments, closing at the earlier. Everything here is pure; moments are aware UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of one weekday (ISO: 1 is Monday) on the host's clock, cut into slots of so many minutes."""

    weekday: int
    opens: time
    closes: time
    minutes: int


@dataclass(frozen=True, slots=True)
class Host:
    """Who shows a course. Nobody books sooner than `notice` or later than `ahead` from now.

    `place` is where it happens: the address of a video call, or words.
    """

    id: int
    name: str
    role: str
    place: str
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    notice: timedelta = timedelta(hours=2)
    ahead: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, its end not included."""

    start: datetime
    end: datetime

    def meets(self, other: "Span") -> bool:
        """Whether the two have a moment in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Offer:
    """A stretch that can be booked, and with whom: first who has the least to do."""

    span: Span
    hosts: tuple[Host, ...]


def host_slots(host: Host, now: datetime) -> tuple[Span, ...]:
    """All slots of a host that may be booked at `now`, in order, as if nothing were taken; none meets another."""
    first, last = now + host.notice, now + host.ahead
    kept: list[Span] = []
    for span in sorted(_all_spans(host, first, last), key=lambda each: each.start):
        if first <= span.start <= last and not (kept and kept[-1].meets(span)):
            kept.append(span)
    return tuple(kept)


def free_offers(hosts: Iterable[Host], busy: Mapping[int, Iterable[Span]], now: datetime) -> tuple[Offer, ...]:
    """What can be booked at `now`, in order of time; the same stretch with several hosts is one offer.

    `busy` holds by host what is booked already, and when they are away.
    """
    taken = {host.id: tuple(busy.get(host.id, ())) for host in hosts}
    found: dict[Span, list[Host]] = {}
    for host in sorted(hosts, key=lambda each: (len(taken[each.id]), each.id)):
        for span in host_slots(host, now):
            if not any(span.meets(other) for other in taken[host.id]):
                found.setdefault(span, []).append(host)
    ordered = sorted(found, key=lambda span: (span.start, span.end))
    return tuple(Offer(span, tuple(found[span])) for span in ordered)


def _all_spans(host: Host, first: datetime, last: datetime) -> Iterator[Span]:
    day, end = first.astimezone(host.zone).date(), last.astimezone(host.zone).date()
    while day <= end:
        for hours in host.hours:
            if hours.weekday == day.isoweekday():
                yield from _spans(day, hours, host.zone)
        day += _DAY


def _spans(day: date, hours: Hours, zone: ZoneInfo) -> Iterator[Span]:
    start, closes = max(_moments(day, hours.opens, zone)), min(_moments(day, hours.closes, zone))
    length = timedelta(minutes=hours.minutes)
    while start + length <= closes:
        yield Span(start, start + length)
        start += length


def _moments(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both readings of a local time; they differ only where the clock is changed."""
    local = datetime.combine(day, at, zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
