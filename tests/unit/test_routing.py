"""Routing is total and pure, and obeys a stop, whatever the stage."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.routing import TALKING, Destination, Signal, advance, read_signal, route
from core.domain.funnel import Stage
from core.domain.messages import Input, InputKind
from core.domain.perception import Intent, Perception
from core.domain.tools import ToolCall
from tools import TOOLS

OUTSIDE_THE_TALK = (
    *(Signal.PAID, Signal.UNPAID, Signal.REFUNDED, Signal.BOOKING),
    *(Signal.STOP, Signal.DUTY, Signal.STALE, Signal.UNANSWERED),
)
stages, signals = st.sampled_from(Stage), st.sampled_from(Signal)
tool_calls = st.builds(
    ToolCall, name=st.sampled_from([tool.name for tool in TOOLS]), missing=st.sampled_from(["", "no_live_offer"])
)


@given(stages, signals)
def test_every_pair_has_a_destination(stage: Stage, signal: Signal) -> None:
    assert route(stage, signal) in get_args(Destination)


@given(stages)
def test_a_stop_is_obeyed_everywhere_and_at_first_contact_after_she_said_what_she_is(stage: Stage) -> None:
    assert route(stage, Signal.STOP) == ("contact" if stage is Stage.CONTACT else "opted_out")


@given(signals.filter(lambda signal: signal in (Signal.STOP, Signal.DUTY, Signal.HUMAN, Signal.START, Signal.MESSAGE)))
def test_nobody_is_answered_before_they_know_that_she_is_an_ai(signal: Signal) -> None:
    assert route(Stage.CONTACT, signal) == "contact"


@given(stages)
def test_an_advisor_takes_any_chat_but_that_of_who_left(stage: Stage) -> None:
    assert route(stage, Signal.TAKEN) == ("duties" if stage is Stage.OPTED_OUT else "handoff")


@given(stages)
def test_nobody_hears_that_nobody_came_who_left_or_has_somebody(stage: Stage) -> None:
    silent = (Stage.OPTED_OUT, Stage.HANDOFF)
    assert route(stage, Signal.UNANSWERED) == ("duties" if stage in silent else "handoff")


@given(stages)
def test_a_payment_always_makes_a_customer(stage: Stage) -> None:
    assert route(stage, Signal.PAID) == "customer"


@given(stages)
def test_what_became_of_a_payment_is_told_wherever_the_person_stands(stage: Stage) -> None:
    assert route(stage, Signal.REFUNDED) == "customer"
    assert route(stage, Signal.UNPAID) == "checkout"


@given(stages)
def test_a_booking_is_told_wherever_the_person_stands(stage: Stage) -> None:
    assert route(stage, Signal.BOOKING) == "demo"


@given(signals.filter(lambda signal: signal not in OUTSIDE_THE_TALK))
def test_a_hand_off_is_left_only_by_its_end(signal: Signal) -> None:
    assert route(Stage.HANDOFF, signal) == "handoff"


@given(stages)
def test_an_old_handback_does_nothing(stage: Stage) -> None:
    assert route(stage, Signal.HANDBACK) == ("handoff" if stage is Stage.HANDOFF else "duties")


@pytest.mark.parametrize("stage", [Stage.CONSENT, Stage.NAME])
def test_nothing_is_sold_before_consent_and_name(stage: Stage) -> None:
    for signal in (Signal.MESSAGE, Signal.COURSE):
        assert route(stage, signal) == stage


@given(stages, st.lists(tool_calls))
def test_a_model_moves_a_stage_only_by_what_it_called(stage: Stage, calls: list[ToolCall]) -> None:
    after = advance(stage, calls)
    done = {call.name for call in calls if not call.missing}
    if not done:
        assert after is stage
    if after is not stage:
        assert after is Stage.HANDOFF or stage in TALKING


@pytest.mark.parametrize(
    ("stage", "tools", "after"),
    [
        (Stage.CONVERSATION, ["create_demo_link"], Stage.DEMO),
        (Stage.CONVERSATION, ["create_demo_link", "create_payment_link"], Stage.CHECKOUT),
        (Stage.DEMO, ["show_syllabus"], Stage.CONVERSATION),
        (Stage.DEMO, ["update_profile"], Stage.DEMO),
        (Stage.CHECKOUT, ["schedule_follow_up"], Stage.CHECKOUT),
        (Stage.CUSTOMER, ["create_payment_link"], Stage.CUSTOMER),
        (Stage.CUSTOMER, ["contact_advisor"], Stage.HANDOFF),
    ],
)
def test_advance(stage: Stage, tools: list[str], after: Stage) -> None:
    assert advance(stage, [ToolCall(name=tool) for tool in tools]) is after


@pytest.mark.parametrize(
    ("given_input", "signal"),
    [
        (Input(kind=InputKind.COMMAND, action="start"), Signal.START),
        (Input(kind=InputKind.COMMAND, action="baja"), Signal.STOP),
        (Input(kind=InputKind.COMMAND, action="asesor"), Signal.HUMAN),
        (Input(kind=InputKind.COMMAND, action="privacidad"), Signal.DUTY),
        (Input(kind=InputKind.COMMAND, action="'; drop table leads"), Signal.DUTY),
        (Input(kind=InputKind.BUTTON, action="consent.accept"), Signal.CONSENT),
        (Input(kind=InputKind.BUTTON, action="erase.confirm"), Signal.DUTY),
        (Input(kind=InputKind.BUTTON, action="course.x"), Signal.COURSE),
        (Input(kind=InputKind.BUTTON, action="ask.price"), Signal.MESSAGE),
        (Input(kind=InputKind.BUTTON, action="ask.advisor"), Signal.HUMAN),
        (Input(kind=InputKind.BUTTON, action="stale"), Signal.STALE),
        (Input(kind=InputKind.PAYMENT, action="paid"), Signal.PAID),
        (Input(kind=InputKind.PAYMENT, action="failed"), Signal.UNPAID),
        (Input(kind=InputKind.PAYMENT, action="refunded"), Signal.REFUNDED),
        (Input(kind=InputKind.PAYMENT, action="whatever"), Signal.STALE),
        (Input(kind=InputKind.BOOKING, action="booked"), Signal.BOOKING),
        (Input(kind=InputKind.DEADLINE, action="handback"), Signal.HANDBACK),
        (Input(kind=InputKind.DEADLINE, action="unanswered"), Signal.UNANSWERED),
        (Input(kind=InputKind.ADVISOR, action="devolver"), Signal.HANDBACK),
        (Input(kind=InputKind.ADVISOR, action="take"), Signal.TAKEN),
        (Input(kind=InputKind.TEXT, text="hola"), Signal.MESSAGE),
    ],
)
def test_read_signal(given_input: Input, signal: Signal) -> None:
    assert read_signal(given_input, Perception()) is signal


def test_only_free_text_is_read_as_a_stop() -> None:
    stop = Perception(intent=Intent.STOP_REQUEST)
    assert read_signal(Input(kind=InputKind.TEXT, text="no me escriban"), stop) is Signal.STOP
    assert read_signal(Input(kind=InputKind.COMMAND, action="ayuda"), stop) is Signal.DUTY
