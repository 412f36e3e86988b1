from datetime import UTC, datetime

import pytest

from agent.honesty.moments import Moment

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
END = Moment(datetime(2026, 11, 24, 15, tzinfo=UTC), False, "offer.ends_at")


@pytest.mark.parametrize(
    ("value", "unit"),
    [("48", "in hours"), ("47", "in hours"), ("2", "in days"), ("2", "relative"), ("1", "weekday"),
     ("2026-11-24", "date"),
     ("--11", "month"), ("24", "monthday"), ("15:00", "time"), ("09:00", "time"), ("soon", "vague"), ("hours",
      "vague")],
)  # fmt: skip
def test_what_fits(value: str, unit: str) -> None:
    assert END.fits(value, unit, NOW)


@pytest.mark.parametrize(
    ("value", "unit"),
    [("24", "in hours"), ("5", "in days"), ("0", "relative"), ("5,6", "weekday"), ("2026-11-26", "date"),
     ("--12", "month"), ("15:17", "time")],
)  # fmt: skip
def test_what_does_not(value: str, unit: str) -> None:
    assert not END.fits(value, unit, NOW)


def test_an_offer_that_ended_presses_nobody() -> None:
    assert not Moment(datetime(2026, 11, 20, tzinfo=UTC), False, "offer.ends_at").fits("soon", "vague", NOW)


def test_the_start_of_a_course_is_no_urgency() -> None:
    assert not Moment(datetime(2026, 11, 23, tzinfo=UTC), True, "course.starts_on").fits("hours", "vague", NOW)


def test_unreadable_values_are_no_moments() -> None:
    assert Moment.parse("pronto", "") is None
    assert Moment.parse("2026-02-30", "") is None
