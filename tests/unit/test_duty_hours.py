"""Duty hours agree with the clock on the wall, minute for minute, in zones that set theirs in every odd way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.duty_hours import HORIZON, DutyHours, Span

# Half an hour's change, a change at midnight, none at all, a quarter's offset, and the usual ones.
ZONES = ["Australia/Lord_Howe", "America/Santiago", "America/Mexico_City", "Asia/Kathmandu", "Europe/Madrid"]
STEP = timedelta(minutes=15)
CHANGES = ["2026-03-27", "2026-10-22", "2026-04-02", "2026-10-01", "2026-09-03", "2027-02-20"]
"""Days shortly before some of these zones set their clocks."""


@st.composite
def spans(draw: st.DrawFn) -> Span:
    opens = draw(st.integers(0, 95)) * 15
    closes = draw(st.integers(opens // 15 + 1, 96)) * 15
    return Span(weekday=draw(st.integers(1, 7)), opens=opens, closes=closes)


starts = st.one_of(
    st.integers(0, 365 * 96).map(lambda quarter: datetime(2026, 1, 1, tzinfo=UTC) + STEP * quarter),
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 4 * 24 * 4)).map(
        lambda pair: datetime.fromisoformat(pair[0]).replace(tzinfo=UTC) + STEP * pair[1]
    ),
)
hours = st.builds(DutyHours, timezone=st.sampled_from(ZONES), spans=st.lists(spans(), max_size=4).map(tuple))


def quarters(start: datetime) -> Iterator[datetime]:
    """Every quarter of an hour from the first one that is not before `start`, to the horizon."""
    first = start.replace(minute=0, second=0, microsecond=0)
    while first < start:
        first += STEP
    return takewhile(lambda at: at <= start + HORIZON, (first + STEP * count for count in range(15 * 24 * 4)))


@given(hours, starts)
def test_the_next_opening_is_the_first_quarter_on_duty(duty: DutyHours, start: datetime) -> None:
    if duty.on_duty(start):
        assert duty.next_opening(start) == start
        return
    # All spans and all changes of these zones lie on quarters of an hour.
    assert duty.next_opening(start) == next((at for at in quarters(start) if duty.on_duty(at)), None)


@given(hours, starts, st.integers(0, 2000), st.integers(1, 2000))
def test_nobody_is_on_duty_while_absent(duty: DutyHours, start: datetime, begins: int, lasts: int) -> None:
    since = start + timedelta(minutes=begins)
    until = since + timedelta(minutes=lasts)
    away = duty.model_copy(update={"absent_since": since, "absent_until": until})
    opening = away.next_opening(start)
    if opening is not None:
        assert opening >= start
        assert away.on_duty(opening)
        assert not since <= opening < until
    for minutes in (0, lasts // 2, lasts - 1):
        assert not away.on_duty(since + timedelta(minutes=minutes))
    assert away.on_duty(until) == duty.on_duty(until)


@given(hours, starts)
def test_an_absence_without_an_end_has_no_next_opening(duty: DutyHours, start: datetime) -> None:
    assert duty.model_copy(update={"absent_since": start}).next_opening(start) is None


def at(zone: str, *parts: int, fold: int = 0) -> datetime:
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def weekly(zone: str, *found: tuple[int, int, int]) -> DutyHours:
    return DutyHours(timezone=zone, spans=tuple(Span(weekday=day, opens=a, closes=b) for day, a, b in found))


def test_office_hours_stay_at_nine_on_the_wall_through_a_change() -> None:
    office = weekly("Europe/Madrid", *((day, 9 * 60, 18 * 60) for day in range(1, 6)))
    friday = at("Europe/Madrid", 2026, 10, 23, 18, 0)
    assert office.next_opening(friday) == at("Europe/Madrid", 2026, 10, 26, 9, 0)
    assert at("Europe/Madrid", 2026, 10, 26, 9, 0) - friday == timedelta(hours=64), "an hour more than a usual weekend"


def test_a_skipped_hour_is_not_worked() -> None:
    night = weekly("Europe/Madrid", (7, 2 * 60, 3 * 60))
    before = at("Europe/Madrid", 2026, 3, 28, 12, 0)
    assert night.next_opening(before) == at("Europe/Madrid", 2026, 4, 5, 2, 0)


def test_a_shift_that_begins_in_a_skipped_hour_begins_when_the_clock_is_set() -> None:
    night = weekly("Europe/Madrid", (7, 2 * 60 + 30, 5 * 60))
    assert night.next_opening(at("Europe/Madrid", 2026, 3, 28, 12, 0)) == at("Europe/Madrid", 2026, 3, 29, 3, 0)


def test_an_hour_that_comes_twice_is_worked_twice() -> None:
    night = weekly("Europe/Madrid", (7, 2 * 60, 3 * 60))
    first = at("Europe/Madrid", 2026, 10, 25, 2, 30)
    second = at("Europe/Madrid", 2026, 10, 25, 2, 30, fold=1)
    assert (second - first, night.on_duty(first), night.on_duty(second)) == (timedelta(hours=1), True, True)


@pytest.mark.parametrize("zone", ["", "Nowhere/Atlantis", "../etc/passwd"])
def test_a_zone_that_is_none_falls_back(zone: str) -> None:
    assert DutyHours(timezone=zone).zone.key == "America/Mexico_City"


def test_midnight_closes_a_day_and_opens_the_next() -> None:
    night = weekly("America/Bogota", (1, 22 * 60, 24 * 60), (2, 0, 6 * 60))
    assert night.on_duty(at("America/Bogota", 2026, 11, 23, 23, 59))
    assert night.on_duty(at("America/Bogota", 2026, 11, 24, 0, 0))
    assert not night.on_duty(at("America/Bogota", 2026, 11, 24, 6, 0))
