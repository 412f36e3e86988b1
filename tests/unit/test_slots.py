"""Free hours keep the host's clock, also on the days on which it is changed, and never meet each other."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.slots import Host, Hours, Span, free_offers, host_slots

ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "America/Santiago",
        "America/Bogota",
        "America/Havana",
        "Europe/Madrid",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "UTC",
    )
]
NEW_YORK = ZoneInfo("America/New_York")
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

moments = st.integers(0, 2 * 365 * 24 * 12).map(lambda each: MONDAY_NOON + timedelta(minutes=5 * each))
local_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
stretches = st.builds(
    lambda weekday, two, minutes: Hours(weekday, min(two), max(two), minutes),
    st.integers(1, 7),
    st.tuples(local_times, local_times).filter(lambda two: two[0] != two[1]),
    st.sampled_from([15, 20, 30, 45, 60, 90]),
)


def host(zone: ZoneInfo = NEW_YORK, hours: tuple[Hours, ...] = (), number: int = 1, **rest: timedelta) -> Host:
    return Host(number, f"Host {number}", "", "aquí", zone, hours, **rest)


hosts = st.builds(
    host,
    st.sampled_from(ZONES),
    st.lists(stretches, max_size=5).map(tuple),
    st.integers(1, 3),
    notice=st.integers(0, 72).map(lambda hours: timedelta(hours=hours)),
    ahead=st.integers(1, 20).map(lambda days: timedelta(days=days)),
)


@given(hosts, moments)
def test_no_slot_meets_another_and_none_is_too_soon_or_too_late(one: Host, now: datetime) -> None:
    spans = host_slots(one, now)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(now + one.notice <= span.start <= now + one.ahead for span in spans)


@given(hosts, moments)
def test_every_minute_of_a_slot_lies_within_the_hosts_hours(one: Host, now: datetime) -> None:
    for span in host_slots(one, now):
        minutes = range(0, int((span.end - span.start).total_seconds()) // 60, 5)
        local = [(span.start + timedelta(minutes=minute)).astimezone(one.zone) for minute in minutes]
        assert any(all(_within(moment, hours) for moment in local) for hours in one.hours)


def _within(moment: datetime, hours: Hours) -> bool:
    return moment.isoweekday() == hours.weekday and hours.opens <= moment.time() < hours.closes


@given(hosts, moments, st.integers(0, 5), st.integers(0, 5))
def test_what_is_taken_is_not_offered_and_nothing_else_is_lost(one: Host, now: datetime, first: int, step: int) -> None:
    spans = host_slots(one, now)
    taken = spans[first :: step + 1]
    offered = [offer.span for offer in free_offers([one], {one.id: taken}, now)]
    assert offered == [span for span in spans if span not in taken]


@given(st.lists(hosts, max_size=3, unique_by=lambda one: one.id), moments)
def test_one_stretch_is_offered_once_with_all_who_are_free(some: list[Host], now: datetime) -> None:
    offers = free_offers(some, {}, now)
    assert len({offer.span for offer in offers}) == len(offers)
    assert [offer.span.start for offer in offers] == sorted(offer.span.start for offer in offers)
    assert sum(len(offer.hosts) for offer in offers) == sum(len(host_slots(one, now)) for one in some)


@pytest.mark.parametrize(
    ("day", "real_hours"),
    [(date(2026, 3, 7), 4), (date(2026, 3, 8), 3), (date(2026, 11, 1), 5), (date(2026, 11, 2), 4)],
)
def test_a_night_in_which_the_clock_is_changed_is_longer_or_shorter(day: date, real_hours: int) -> None:
    night = Hours(day.isoweekday(), time(0), time(4), 60)
    before = datetime.combine(day, time(), NEW_YORK).astimezone(UTC) - timedelta(hours=1)
    spans = host_slots(host(hours=(night,), notice=timedelta(), ahead=timedelta(days=1)), before)
    assert len(spans) == real_hours
    assert spans[-1].end.astimezone(NEW_YORK).time() == time(4)


def test_a_time_that_the_clock_skips_or_repeats_is_taken_the_narrow_way() -> None:
    skipped, repeated = date(2026, 3, 8), date(2026, 11, 1)
    sunday = (Hours(7, time(1, 30), time(2, 30), 15),)
    for day, expected in ((skipped, []), (repeated, [time(1, 30), time(1, 45), time(2, 0), time(2, 15)])):
        now = datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
        spans = host_slots(host(hours=sunday, notice=timedelta(), ahead=timedelta(hours=20)), now)
        assert [span.start.astimezone(NEW_YORK).time() for span in spans] == expected


def test_who_has_less_to_do_comes_first() -> None:
    monday = (Hours(1, time(10), time(11), 30),)
    busy_one, free_one = host(hours=monday, number=1), host(hours=monday, number=2)
    other_day = Span(MONDAY_NOON + timedelta(days=3), MONDAY_NOON + timedelta(days=3, hours=1))
    offers = free_offers([busy_one, free_one], {1: [other_day]}, MONDAY_NOON)
    assert [one.id for one in offers[0].hosts] == [2, 1]
    assert offers[0].span.start == datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_who_is_away_is_not_offered() -> None:
    monday = (Hours(1, time(10), time(12), 60),)
    away = Span(datetime(2026, 11, 23, 15, 30, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC))
    assert free_offers([host(hours=monday, ahead=timedelta(days=5))], {1: [away]}, MONDAY_NOON) == ()
