"""Who may get an e-mail: the whole decision, as properties."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.dispatches import Letter
from core.domain.funnel import Stage
from core.domain.mail import Standing
from core.prompts.mail_sequences import MailPlan, Sequence, Step
from core.world.mail_standing import reason_to_withhold

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLAN = MailPlan(
    least_hours_between=20,
    transactional=frozenset({"receipt"}),
    sequences={
        "welcome": Sequence(
            begins="email_known", stops=frozenset({"purchased"}), steps=(Step(template="hello", after_hours=0),)
        ),
        "left": Sequence(
            begins="left",
            stage=Stage.CHECKOUT,
            stops=frozenset({"purchased", "answered", "stage_left", "booked"}),
            steps=(Step(template="unfinished", after_hours=0),),
        ),
    },
)
LETTERS = {
    "receipt": Letter(template="receipt"),
    "plain": Letter(template="news"),
    "welcome": Letter(template="hello", sequence="welcome"),
    "left": Letter(template="unfinished", sequence="left"),
}
moments = st.none() | st.integers(-500, 500).map(lambda hours: NOW + timedelta(hours=hours))
standings = st.builds(
    Standing,
    stage=st.sampled_from(Stage),
    email=st.none() | st.just("ana@correo.example"),
    blocked=st.booleans(),
    marketing=st.booleans(),
    suppressed=st.none() | st.sampled_from(["bounce", "page"]),
    everything=st.booleans(),
    purchased=st.booleans(),
    booked=st.booleans(),
    last_seen_at=st.just(NOW),
    enrolled_at=moments,
    enrolment_stopped=st.booleans(),
).map(lambda each: each if each.suppressed else each.model_copy(update={"everything": False}))


def fine(**fields: Any) -> Standing:
    given: dict[str, Any] = {
        "stage": Stage.CHECKOUT,
        "email": "ana@correo.example",
        "marketing": True,
        "last_seen_at": NOW,
        "enrolled_at": NOW,
    }
    return Standing(**(given | fields))


@given(standings, st.sampled_from(sorted(LETTERS)))
def test_advertising_goes_to_nobody_who_did_not_ask_or_who_left(standing: Standing, kind: str) -> None:
    if kind == "receipt" or reason_to_withhold(standing, LETTERS[kind], PLAN) is not None:
        return
    assert standing.email
    assert standing.marketing
    assert standing.suppressed is None
    assert not standing.blocked
    assert standing.stage not in (Stage.OPTED_OUT, Stage.HANDOFF)
    assert kind == "plain" or not standing.enrolment_stopped
    assert kind == "plain" or not standing.purchased


@given(standings)
def test_a_receipt_is_only_held_up_by_its_address(standing: Standing) -> None:
    reason = reason_to_withhold(standing, LETTERS["receipt"], PLAN)
    assert (reason is None) == bool(standing.email and not standing.everything)


@given(standings)
def test_who_may_not_get_a_receipt_gets_nothing(standing: Standing) -> None:
    if reason_to_withhold(standing, LETTERS["receipt"], PLAN) is not None:
        assert all(reason_to_withhold(standing, letter, PLAN) is not None for letter in LETTERS.values())


@pytest.mark.parametrize(
    ("fields", "kind", "reason"),
    [
        ({}, "left", None),
        ({"email": None}, "receipt", "no_address"),
        ({"suppressed": "bounce", "everything": True}, "receipt", "suppressed_bounce"),
        ({"suppressed": "page"}, "receipt", None),
        ({"suppressed": "page"}, "plain", "unsubscribed"),
        ({"marketing": False}, "plain", "no_consent"),
        ({"purchased": True}, "plain", None),
        ({"purchased": True}, "welcome", "purchased"),
        ({"booked": True}, "welcome", None),
        ({"booked": True}, "left", "booked"),
        ({"stage": Stage.DEMO}, "left", "stage_left"),
        ({"stage": Stage.DEMO}, "welcome", None),
        ({"enrolled_at": NOW - timedelta(seconds=1)}, "left", "answered"),
        ({"enrolled_at": NOW + timedelta(seconds=1)}, "left", None),
        ({"enrolment_stopped": True}, "left", "stopped"),
    ],
)
def test_each_reason_has_its_code(fields: dict[str, Any], kind: str, reason: str | None) -> None:
    assert reason_to_withhold(fine(**fields), LETTERS[kind], PLAN) == reason


@pytest.mark.parametrize("letter", [Letter(template="hello", sequence="left"), Letter(template="x", sequence="gone")])
def test_a_step_that_was_taken_out_of_the_plan_is_not_sent(letter: Letter) -> None:
    assert reason_to_withhold(fine(), letter, PLAN) == "not_planned"
