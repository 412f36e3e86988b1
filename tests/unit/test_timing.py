from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.domain.follow_ups import Quiet, Rule, Trigger
from core.domain.promises import FollowUp, FollowUpStatus
from core.learning.contact_hours import HOURS, Histogram
from core.prompts.prompt_schedule import schedule_in
from core.world.governor import is_quiet
from core.world.timing import planned_moment, span_of, was_over
from tests.worlds import load_prompts

MEXICO = ZoneInfo("America/Mexico_City")
NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 12:00 in Mexico City
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCHEDULE = schedule_in(load_prompts())
EVEN: Histogram = (1 / HOURS,) * HOURS


def follow_up(
    trigger: Trigger, created_at: datetime = NOON, about_at: datetime | None = None, **more: object
) -> FollowUp:
    made = FollowUp(
        id=1,
        lead_id=UUID(int=1),
        turn_id="world",
        kind=trigger.value,
        note="",
        due_at=created_at,
        status=FollowUpStatus.PLANNED,
        reason=None,
        decided_at=None,
        about_at=about_at,
        created_at=created_at,
    )
    return made.model_copy(update=more)


def rule(trigger: Trigger) -> Rule:
    return SCHEDULE.triggers[trigger]


def planned(trigger: Trigger, shares: Histogram, created_at: datetime = NOON, now: datetime = NOON) -> datetime:
    span = span_of(found := follow_up(trigger, created_at), rule(trigger))
    return planned_moment(found, span, now, zones=(MEXICO,), quiet=SCHEDULE.quiet, shares=shares)


def hour(local: int) -> Histogram:
    return tuple(1.0 * (number == local) for number in range(HOURS))


def test_a_silence_is_due_after_it_and_over_after_that() -> None:
    span = span_of(follow_up(Trigger.SILENCE), rule(Trigger.SILENCE))
    assert (span.due_at, span.window_end, span.not_after) == (
        NOON + 22 * HOUR,
        NOON + 34 * HOUR,
        NOON + 22 * HOUR + 3 * DAY,
    )


def test_a_reminder_counts_back_from_the_demo_and_never_comes_after_its_start() -> None:
    start = NOON + 5 * DAY
    tomorrow = span_of(follow_up(Trigger.DEMO_TOMORROW, about_at=start), rule(Trigger.DEMO_TOMORROW))
    soon = span_of(follow_up(Trigger.DEMO_SOON, about_at=start), rule(Trigger.DEMO_SOON))
    assert (tomorrow.due_at, soon.due_at) == (start - DAY, start - HOUR)
    assert soon.not_after < start
    booked = span_of(follow_up(Trigger.DEMO_BOOKED, about_at=NOON + HOUR), rule(Trigger.DEMO_BOOKED))
    assert booked.not_after == NOON + HOUR


def test_a_demo_booked_for_tonight_is_not_announced_for_tomorrow() -> None:
    late = follow_up(Trigger.DEMO_TOMORROW, about_at=NOON + 8 * HOUR)
    early = follow_up(Trigger.DEMO_TOMORROW, about_at=NOON + 25 * HOUR)
    assert was_over(late, span_of(late, rule(Trigger.DEMO_TOMORROW)))
    assert not was_over(early, span_of(early, rule(Trigger.DEMO_TOMORROW)))


def test_the_hour_that_was_asked_for_is_kept_exactly_whatever_would_be_better() -> None:
    asked = follow_up(Trigger.ASKED, due_at=NOON + 11 * HOUR)  # 23:00
    span = span_of(asked, rule(Trigger.ASKED))
    moment = planned_moment(asked, span, NOON, zones=(MEXICO,), quiet=SCHEDULE.quiet, shares=hour(12))
    assert moment == NOON + 11 * HOUR


def test_a_follow_up_comes_at_the_hour_at_which_this_person_answers() -> None:
    assert planned(Trigger.SILENCE, hour(18)) == NOON + 30 * HOUR
    assert planned(Trigger.SILENCE, hour(13)) == NOON + 25 * HOUR
    assert planned(Trigger.SILENCE, EVEN) == NOON + 22 * HOUR


def test_without_an_allowed_hour_in_its_window_it_is_left_to_the_governor() -> None:
    night = NOON + 11 * HOUR
    assert planned(Trigger.DEMO_MISSED, EVEN, night, night) == night + HOUR


# The library wants its bounds without a zone.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.sampled_from([trigger for trigger in Trigger if trigger is not Trigger.ASKED]),
    moments,
    st.lists(st.floats(0.01, 1), min_size=HOURS, max_size=HOURS).map(tuple),
    st.integers(18, 23),
    st.integers(7, 12),
)
def test_it_is_planned_within_its_window_and_not_into_the_night_if_there_is_a_day(
    trigger: Trigger, created_at: datetime, shares: Histogram, start: int, end: int
) -> None:
    quiet = Quiet.model_validate({"from": start, "until": end})
    found = follow_up(trigger, created_at, created_at + 3 * DAY)
    span = span_of(found, rule(trigger))
    moment = planned_moment(found, span, created_at, zones=(MEXICO,), quiet=quiet, shares=shares)
    assert span.due_at <= moment <= max(span.window_end, span.due_at)
    hours = [span.due_at + step * HOUR for step in range(int((span.window_end - span.due_at) / HOUR) + 1)]
    if not all(is_quiet(each, (MEXICO,), quiet) for each in hours):
        assert not is_quiet(moment, (MEXICO,), quiet)
