"""The roster: notices go to those on duty, or wait for all."""

from datetime import UTC, datetime, timedelta

from core.domain.duty_hours import DutyHours, Span
from core.domain.roster import Post, Roster

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def works(*hours: int, day: int = 1) -> DutyHours:
    opens, closes = hours
    return DutyHours(timezone="UTC", spans=(Span(weekday=day, opens=opens * 60, closes=closes * 60),))


def chats(posts: tuple[Post, ...]) -> list[str]:
    return [post.chat for post in posts]


def test_those_on_duty_are_told() -> None:
    roster = Roster((Post("1", works(9, 18)), Post("2", works(18, 20)), Post("3")))
    assert chats(roster.audience(MONDAY)) == ["1", "3"]
    assert roster.next_opening(MONDAY) == MONDAY


def test_all_are_told_when_nobody_is_on_duty() -> None:
    away = DutyHours(absent_since=MONDAY, absent_until=MONDAY + timedelta(hours=3))
    roster = Roster((Post("1", works(18, 20)), Post("2", away), Post("3", works(9, 10, day=2))))
    assert roster.on_duty(MONDAY) == ()
    assert chats(roster.audience(MONDAY)) == ["1", "2", "3"]
    assert roster.next_opening(MONDAY) == MONDAY + timedelta(hours=3), "the earliest of them"


def test_an_empty_roster_opens_never() -> None:
    assert (Roster(()).audience(MONDAY), Roster(()).next_opening(MONDAY)) == ((), None)
