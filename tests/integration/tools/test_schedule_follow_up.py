from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.db.pool import Pool
from core.domain.people import Profile
from tests.deals import HOSTILE, NOW, rows, same_at_once, same_each_time
from tests.worlds import make_context, valued
from tools.schedule_follow_up import (
    LATEST,
    SCHEDULE_FOLLOW_UP,
    SOONEST,
    ScheduleFollowUpArguments,
    due_moment,
)

_MEXICO = ZoneInfo("America/Mexico_City")
# NOW is Sunday 22 November, 12:30 in Mexico City.


async def test_the_promise_is_stored_and_told_on_the_clock_of_the_person(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW)
    there = replace(context, lead=context.lead.model_copy(update={"timezone": "America/Bogota"}))
    arguments = ScheduleFollowUpArguments(on=date(2026, 11, 24), hour=9, note="el precio")
    result = await same_each_time(SCHEDULE_FOLLOW_UP, arguments, there)
    [row] = await rows(empty_database, "follow_ups")
    assert valued(result) == {"follow_up.due_at": ["2026-11-24T09:00-05:00"]}
    assert [fact.source for fact in result.facts] == [f"follow_ups:{row['id']}"]
    assert (row["due_at"], row["kind"]) == (datetime(2026, 11, 24, 14, tzinfo=UTC), "asked")
    assert (row["lead_id"], row["note"], row["status"]) == (context.lead.id, "el precio", "planned")


async def test_whose_clock_is_meant_is_told_while_it_is_a_guess(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW)
    guessed = await SCHEDULE_FOLLOW_UP.run(ScheduleFollowUpArguments(hour=20), context)
    assert valued(guessed)["follow_up.clock"] == ["hora de Ciudad de México"]
    [row] = await rows(empty_database, "follow_ups")
    assert row["guessed_zone"] == "America/Mexico_City"
    assert "follow_up.clock" not in valued(await SCHEDULE_FOLLOW_UP.run(ScheduleFollowUpArguments(in_hours=3), context))


async def test_the_country_that_somebody_named_tells_their_clock(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW, profile=Profile(country="España"))
    result = await SCHEDULE_FOLLOW_UP.run(ScheduleFollowUpArguments(on=date(2026, 11, 24), hour=9), context)
    assert valued(result) == {"follow_up.due_at": ["2026-11-24T09:00+01:00"]}


async def test_four_calls_at_once_promise_once(empty_database: Pool) -> None:
    arguments = ScheduleFollowUpArguments(in_hours=2)
    await same_at_once(SCHEDULE_FOLLOW_UP, arguments, await make_context(empty_database, now=NOW))
    assert len(await rows(empty_database, "follow_ups")) == 1


async def test_a_turn_that_is_run_again_later_keeps_the_moment(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW)
    arguments = ScheduleFollowUpArguments(in_hours=2)
    first = await SCHEDULE_FOLLOW_UP.run(arguments, context)
    again = replace(context, now=NOW + timedelta(minutes=10))
    assert await SCHEDULE_FOLLOW_UP.run(arguments, again) == first


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"in_hours": 2}, "2026-11-22T14:30"),
        ({"in_hours": 0.5}, "2026-11-22T13:00"),
        ({"in_hours": 24, "hour": 9}, "2026-11-23T09:00"),
        ({"on": date(2026, 11, 27)}, "2026-11-27T10:00"),
        ({"on": "2026-11-23", "hour": 0}, "2026-11-23T00:00"),
        ({"on": "2026-11-23", "hour": 8, "in_hours": 5}, "2026-11-23T08:00"),
        ({"hour": 20}, "2026-11-22T20:00"),
        ({"hour": 9}, "2026-11-23T09:00"),
        ({"hour": 12}, "2026-11-23T12:00"),
    ],
)
def test_the_moment_is_understood_as_people_say_it(told: dict[str, Any], expected: str) -> None:
    moment = due_moment(ScheduleFollowUpArguments.model_validate(told), NOW, _MEXICO)
    assert moment is not None
    assert moment.astimezone(_MEXICO).isoformat(timespec="minutes")[:16] == expected


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"in_hours": 0},
        {"in_hours": -5},
        {"in_hours": 0.08},
        {"in_hours": 60 * 24 + 0.1},
        {"in_hours": 1e300},
        {"in_hours": float("nan")},
        {"in_hours": float("inf")},
        {"in_hours": 2, "hour": 9},
        {"on": "2026-11-21"},
        {"on": "2026-11-22"},
        {"on": "0001-01-01"},
        {"on": "9999-12-31", "hour": 23},
        {"hour": 24},
        {"hour": -1},
        {"hour": 10**30},
        {"on": "2026-11-24", "hour": 99},
    ],
)
async def test_what_cannot_be_kept_is_not_promised(empty_database: Pool, told: dict[str, Any]) -> None:
    arguments = ScheduleFollowUpArguments.model_validate(told)
    result = await SCHEDULE_FOLLOW_UP.run(arguments, await make_context(empty_database, now=NOW))
    assert (result.missing, result.facts) == ("bad_time", ())
    assert await rows(empty_database, "follow_ups") == []


@given(
    in_hours=st.none() | st.floats(allow_nan=True, allow_infinity=True),
    on=st.none() | st.dates(),
    hour=st.none() | st.integers(),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    place=st.sampled_from(["America/Mexico_City", "America/Santiago", "Europe/Madrid", "Pacific/Kiritimati"]),
)
def test_no_words_make_a_promise_that_cannot_be_kept(
    in_hours: float | None, on: date | None, hour: int | None, now: datetime, place: str
) -> None:
    arguments = ScheduleFollowUpArguments(in_hours=in_hours, on=on, hour=hour)
    moment = due_moment(arguments, now, ZoneInfo(place))
    assert moment is None or now + SOONEST <= moment <= now + LATEST


@given(
    days=st.integers(1, 59),
    hour=st.integers(0, 23),
    place=st.sampled_from(["America/Mexico_City", "America/Santiago", "Europe/Madrid", "Pacific/Kiritimati"]),
)
def test_a_day_and_an_hour_are_the_person_s_own(days: int, hour: int, place: str) -> None:
    zone = ZoneInfo(place)
    day = NOW.astimezone(zone).date() + timedelta(days=days)
    moment = due_moment(ScheduleFollowUpArguments(on=day, hour=hour), NOW, zone)
    if moment is None:
        assert days == 1 and hour == 0
    else:
        there = moment.astimezone(zone)
        assert (there.date(), there.hour) == (day, hour)


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_note_is_data(empty_database: Pool, text: str) -> None:
    arguments = ScheduleFollowUpArguments(in_hours=3, note=text)
    await same_each_time(SCHEDULE_FOLLOW_UP, arguments, await make_context(empty_database, now=NOW))
    [row] = await rows(empty_database, "follow_ups")
    assert row["note"] == arguments.note
    assert len(row["note"]) <= 200


@pytest.mark.parametrize("told", [{"on": "mañana"}, {"in_hours": "'; drop table leads"}, {"when": "2026-11-24"}])
def test_what_is_no_moment_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ScheduleFollowUpArguments.model_validate(told)
