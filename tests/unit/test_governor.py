"""What must never happen, tried on any case whatever; and each reason by its own example."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.follow_ups import Cap, Quiet, Rule, Trigger
from core.domain.funnel import Stage
from core.domain.people import ConsentKind
from core.domain.promises import FollowUpStatus
from core.prompts.prompt_schedule import schedule_in
from core.world.governor import PUNCTUAL, Case, Decision, Postpone, Reason, Send, Withhold, decide, next_allowed
from tests.worlds import load_prompts

MEXICO, MADRID, LIMA = (ZoneInfo(name) for name in ("America/Mexico_City", "Europe/Madrid", "America/Lima"))
ZONES = ("America/Mexico_City", "America/Argentina/Buenos_Aires", "Europe/Madrid", "America/Los_Angeles", "UTC")
NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 12:00 in Mexico City
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCHEDULE = schedule_in(load_prompts())

# The library wants its bounds without a zone.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(
    lambda names: tuple(map(ZoneInfo, names))
)


def quiet(start: int, end: int) -> Quiet:
    return Quiet.model_validate({"from": start, "until": end})


quiets = st.builds(quiet, st.integers(18, 23), st.integers(7, 12))


def rule(trigger: Trigger, **changes: object) -> Rule:
    return SCHEDULE.triggers[trigger].model_copy(update=changes)


def case(trigger: Trigger = Trigger.SILENCE, **changes: Any) -> Case:
    """A case that is sent, but for what is changed."""
    made = Case(
        trigger=trigger,
        rule=rule(trigger),
        cap=Cap(per_day=1, per_lead=6),
        quiet=quiet(21, 9),
        refusal=30 * DAY,
        now=NOON,
        created_at=NOON - DAY,
        due_at=NOON,
        not_after=NOON + DAY,
        zones=(MEXICO,),
        status=FollowUpStatus.PLANNED,
        stage=Stage.CONVERSATION,
        consents=frozenset(ConsentKind),
        blocked=False,
        human=False,
        answered=False,
        refused_at=None,
        stands=True,
        sent_today=0,
        sent_total=0,
        sent_of_trigger=0,
    )
    return replace(made, **changes)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    trigger = draw(st.sampled_from(list(Trigger)))
    now = draw(moments)
    hours = st.integers(-100, 100).map(lambda number: now + number * HOUR)
    return Case(
        trigger=trigger,
        rule=rule(trigger, most=draw(st.integers(1, 4)), marketing=draw(st.booleans())),
        cap=Cap(per_day=draw(st.integers(1, 3)), per_lead=draw(st.integers(1, 5))),
        quiet=draw(quiets),
        refusal=30 * DAY,
        now=now,
        created_at=draw(hours),
        due_at=draw(hours),
        not_after=draw(hours),
        zones=draw(zones),
        status=draw(st.sampled_from(list(FollowUpStatus))),
        stage=draw(st.sampled_from(list(Stage))),
        consents=draw(st.frozensets(st.sampled_from(list(ConsentKind)))),
        blocked=draw(st.booleans()),
        human=draw(st.booleans()),
        answered=draw(st.booleans()),
        refused_at=draw(st.none() | hours),
        stands=draw(st.booleans()),
        sent_today=draw(st.integers(0, 4)),
        sent_total=draw(st.integers(0, 6)),
        sent_of_trigger=draw(st.integers(0, 4)),
    )


def was_sent(decision: Decision) -> bool:
    return isinstance(decision, Send)


@given(cases())
def test_nothing_is_sent_that_anything_speaks_against(given_case: Case) -> None:
    if not was_sent(decide(given_case)):
        return
    assert given_case.status is FollowUpStatus.PLANNED
    assert not given_case.blocked
    assert given_case.stage not in (Stage.OPTED_OUT, Stage.HANDOFF)
    assert not given_case.human
    assert ConsentKind.TALK in given_case.consents
    assert ConsentKind.MARKETING in given_case.consents or not given_case.rule.marketing
    assert given_case.refused_at is None or given_case.refused_at <= given_case.created_at
    assert not (given_case.rule.unless_answered and given_case.answered)
    assert given_case.stands
    assert given_case.now <= given_case.not_after


@given(cases())
def test_nothing_is_sent_above_a_cap(given_case: Case) -> None:
    if was_sent(decide(given_case)):
        assert given_case.sent_today < given_case.cap.per_day
        assert given_case.sent_total < given_case.cap.per_lead
        assert given_case.sent_of_trigger < given_case.rule.most


@given(cases(), zones)
def test_nothing_is_sent_at_night_but_what_was_asked_for_at_that_hour(
    given_case: Case, places: tuple[ZoneInfo]
) -> None:
    """Wherever the likeliest zone is: from 23 to 7 nobody is written to, whatever the schedule says."""
    wanted = replace(
        case(given_case.trigger),
        now=given_case.now,
        due_at=given_case.due_at,
        not_after=given_case.now + 9 * DAY,
        quiet=given_case.quiet,
        zones=places,
    )
    if was_sent(decide(wanted)) and not (wanted.trigger is Trigger.ASKED and wanted.now - wanted.due_at <= PUNCTUAL):
        assert 7 <= wanted.now.astimezone(places[0]).hour < 23


@given(cases())
def test_what_is_postponed_is_allowed_then_and_in_time(given_case: Case) -> None:
    decision = decide(given_case)
    if isinstance(decision, Postpone):
        assert given_case.now < decision.until <= given_case.not_after
        assert was_sent(decide(replace(given_case, now=decision.until)))


@given(moments, zones, quiets)
def test_there_is_always_an_allowed_moment_within_two_days(
    moment: datetime, places: tuple[ZoneInfo, ...], hours: Quiet
) -> None:
    found = next_allowed(moment, places, hours)
    assert found is not None
    assert moment <= found <= moment + 2 * DAY


WRONG: list[tuple[dict[str, Any], Reason]] = [
    ({"status": FollowUpStatus.SENT}, Reason.DECIDED),
    ({"blocked": True}, Reason.BLOCKED),
    ({"stage": Stage.OPTED_OUT}, Reason.OPTED_OUT),
    ({"stage": Stage.HANDOFF}, Reason.HUMAN_IN_CHARGE),
    ({"human": True}, Reason.HUMAN_IN_CHARGE),
    ({"consents": frozenset({ConsentKind.MARKETING})}, Reason.NO_CONSENT),
    ({"consents": frozenset({ConsentKind.TALK})}, Reason.NO_MARKETING_CONSENT),
    ({"stands": False}, Reason.POINTLESS),
    ({"stage": Stage.CUSTOMER}, Reason.BOUGHT),
    ({"refused_at": NOON - HOUR}, Reason.REFUSED),
    ({"refused_at": NOON - 29 * DAY}, Reason.REFUSED),
    ({"answered": True}, Reason.ANSWERED),
    ({"not_after": NOON - HOUR}, Reason.TOO_LATE),
    ({"sent_of_trigger": 3}, Reason.CAP_TRIGGER),
    ({"sent_total": 6}, Reason.CAP_LEAD),
    ({"sent_today": 1}, Reason.CAP_DAY),
    ({"now": NOON + 10 * HOUR, "not_after": NOON + 12 * HOUR}, Reason.QUIET_HOURS),
]


@pytest.mark.parametrize(("changes", "reason"), WRONG)
def test_each_reason_withholds_by_its_name(changes: dict[str, Any], reason: Reason) -> None:
    assert decide(case(**changes)) == Withhold(reason)


def test_every_reason_has_its_example() -> None:
    assert {reason for _, reason in WRONG} == set(Reason)


def test_what_nothing_speaks_against_is_sent() -> None:
    assert decide(case()) == Send()
    assert decide(case(refused_at=NOON - 31 * DAY)) == Send()


def test_the_night_is_waited_out() -> None:
    night = NOON + 10 * HOUR  # 22:00 in Mexico City
    assert decide(case(now=night)) == Postpone(NOON + 21 * HOUR, Reason.QUIET_HOURS)


def test_who_may_be_in_two_places_is_written_to_when_it_is_day_in_both() -> None:
    morning = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10:00 in Madrid, 3:00 in Mexico City
    assert decide(case(now=morning, zones=(MADRID, MEXICO))) == Postpone(morning.replace(hour=15), Reason.QUIET_HOURS)


def test_a_promise_is_kept_at_the_very_hour_even_at_night_but_not_hours_late() -> None:
    night = NOON + 10 * HOUR
    assert decide(case(Trigger.ASKED, now=night, due_at=night)) == Send()
    assert decide(case(Trigger.ASKED, now=night, due_at=night - HOUR)) == Postpone(NOON + 21 * HOUR, Reason.QUIET_HOURS)


def test_what_the_person_asked_or_booked_needs_no_consent_to_marketing_and_no_silence() -> None:
    talk = frozenset({ConsentKind.TALK})
    for trigger in (Trigger.ASKED, Trigger.DEMO_BOOKED, Trigger.DEMO_TOMORROW, Trigger.DEMO_SOON):
        assert decide(case(trigger, consents=talk, answered=True, stage=Stage.CUSTOMER)) == Send()


def test_a_no_before_a_promise_does_not_break_it_and_one_after_it_does() -> None:
    assert decide(case(Trigger.ASKED, refused_at=NOON - 2 * DAY)) == Send()
    assert decide(case(Trigger.ASKED, refused_at=NOON - HOUR)) == Withhold(Reason.REFUSED)
