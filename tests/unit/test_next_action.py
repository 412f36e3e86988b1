"""The next best action: every situation has one, and no rule sells to who said no, who paid, or who waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.funnel import Stage
from core.world.next_action import RULES, Action, Situation, next_action

SELLING = {
    *(Action.OFFER_CALL, Action.OFFER_DEMO, Action.FOLLOW_CHECKOUT, Action.REBOOK_DEMO),
    *(Action.EASE_PRICE, Action.EASE_TIME, Action.SHOW_PROOF, Action.SHOW_RESULTS),
}
intents = st.lists(
    st.sampled_from(["refusal", "buying_signal", "wants_human", "price_question", "stop_request"]), max_size=3
).map(tuple)
situations = st.builds(
    Situation,
    stage=st.sampled_from(Stage),
    objection=st.sampled_from(["", "price", "time", "value", "trust"]),
    intents=intents,
    hot=st.booleans(),
    booking=st.sampled_from(["", "upcoming", "missed", "cancelled"]),
    payment=st.sampled_from(["", "link_sent", "pending", "paid", "failed", "refunded", "expired"]),
    handoff=st.sampled_from(["", "waiting", "open", "taken"]),
)


@given(situations)
def test_every_situation_has_an_action(situation: Situation) -> None:
    assert next_action(situation) in Action


@given(situations)
def test_nobody_is_sold_to_who_left_said_no_paid_or_got_their_money_back(situation: Situation) -> None:
    gone = situation.stage in (Stage.OPTED_OUT, Stage.CUSTOMER) or situation.payment in ("paid", "refunded")
    refused = not {"refusal", "stop_request"}.isdisjoint(situation.intents)
    if gone or refused:
        assert next_action(situation) not in SELLING


@given(situations)
def test_who_waits_for_a_human_comes_before_any_sale(situation: Situation) -> None:
    if situation.handoff in ("waiting", "open"):
        assert next_action(situation) not in SELLING


def test_no_rule_is_in_vain() -> None:
    """Each action is reachable: no rule is shadowed by those before it for all of its action's situations."""
    reached = {next_action(example) for example in EXAMPLES}
    assert reached == {rule.action for rule in RULES}


EXAMPLES = [
    Situation(Stage.OPTED_OUT),
    Situation(Stage.CUSTOMER, payment="refunded"),
    Situation(Stage.HANDOFF, handoff="open"),
    Situation(Stage.HANDOFF, handoff="taken"),
    Situation(Stage.CUSTOMER, payment="paid"),
    Situation(Stage.CHECKOUT, payment="failed"),
    Situation(Stage.CONVERSATION, booking="upcoming"),
    Situation(Stage.CONVERSATION, booking="missed"),
    Situation(Stage.CONVERSATION, objection="price"),
    Situation(Stage.CONVERSATION, objection="time"),
    Situation(Stage.CONVERSATION, objection="value"),
    Situation(Stage.CONVERSATION, objection="trust"),
    Situation(Stage.CHECKOUT, payment="link_sent"),
    Situation(Stage.CONVERSATION, hot=True),
    Situation(Stage.CONVERSATION),
    Situation(Stage.CONSENT),
]


@pytest.mark.parametrize(
    ("situation", "action"),
    [
        (Situation(Stage.CHECKOUT, objection="price", payment="link_sent"), Action.EASE_PRICE),
        (Situation(Stage.CHECKOUT, objection="price", payment="failed"), Action.HELP_PAYING),
        (Situation(Stage.CONVERSATION, intents=("buying_signal",)), Action.OFFER_CALL),
        (Situation(Stage.CONVERSATION, intents=("refusal",), hot=True), Action.LEAVE_ALONE),
        (Situation(Stage.CONVERSATION, handoff="waiting", intents=("refusal",)), Action.ANSWER_NOW),
    ],
)
def test_what_comes_first(situation: Situation, action: Action) -> None:
    assert next_action(situation) is action
