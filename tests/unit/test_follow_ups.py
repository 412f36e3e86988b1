"""The schedule's own rules, whatever file it comes from."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.domain.follow_ups import ADVERTISING, LEAVE, Quiet, Rule, Trigger, rule_faults

RULE: dict[str, Any] = {
    "after": "1h",
    "expires": "1d",
    "marketing": True,
    "unless_answered": True,
    "most": 1,
    "buttons": [LEAVE],
}


def rule(**changes: Any) -> Rule:
    return Rule.model_validate(RULE | changes)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45m", 2700), ("20h", 72000), ("2d", 172800), ("1h 30m", 5400), ("1d2h3m4s", 93784), (" 10s ", 10), ("0m", 0)],
)
def test_lengths_are_read_as_they_are_written(text: str, seconds: int) -> None:
    assert rule(after=text, expires="3d").after == timedelta(seconds=seconds)


@given(st.text() | st.integers() | st.floats() | st.none() | st.lists(st.text()))
def test_anything_else_is_refused_with_the_right_form(given_length: object) -> None:
    try:
        made = rule(expires=given_length)
    except ValidationError as error:
        assert "expires" in str(error)
    else:
        assert timedelta() <= made.expires < timedelta(days=500)


@pytest.mark.parametrize(
    "changes", [{"before": "1h"}, {"after": None}, {"window": "2d"}, {"most": 0}, {"colour": "red"}]
)
def test_a_rule_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**changes)


@pytest.mark.parametrize("trigger", Trigger)
def test_advertising_needs_its_consent_and_its_way_out(trigger: Trigger) -> None:
    reminder = trigger in (Trigger.DEMO_TOMORROW, Trigger.DEMO_SOON)
    entries = [entry for entry, _ in rule_faults(trigger, rule(marketing=False, buttons=[]))]
    assert entries == ["marketing"] * (trigger in ADVERTISING) + ["after"] * reminder
    assert [entry for entry, _ in rule_faults(trigger, rule(buttons=[]))] == ["buttons"] + ["after"] * reminder


@given(st.integers(-5, 30), st.integers(-5, 30))
def test_the_night_is_always_quiet_and_the_afternoon_never(start: int, end: int) -> None:
    try:
        quiet = Quiet.model_validate({"from": start, "until": end})
    except ValidationError:
        return
    asleep = {hour for hour in range(24) if hour >= quiet.start or hour < quiet.end}
    assert {23, 0, 1, 2, 3, 4, 5, 6} <= asleep
    assert not asleep & set(range(12, 18))
