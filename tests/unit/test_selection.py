"""The choice of a tool: exact propensities, a floor, hard rules that no weight overrides, and a draw that repeats."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.policy import Policy, parse_policy
from agent.selection import Situation, draw, draw_probabilities, refusal_of, select
from agent.talk import Habits, Talk
from core.domain.decisions import NONE
from core.domain.funnel import Stage
from core.domain.perception import Intent, Objection, Perception
from core.learning.predictor import Prediction
from tools import TOOLS

NAMES = [tool.name for tool in TOOLS]
POLICY = parse_policy((Path(__file__).parents[2] / "prompts" / "selection.toml").read_text())
QUIET = Situation(
    turn_id="t1",
    stage=Stage.CONVERSATION,
    arm="control",
    perception=Perception(),
    talk=Talk(habits=Habits(turns=9)),
    features={"turns": 9.0},
    prediction=Prediction(0.2, {}),
    live_offers=frozenset({"discount", "bonus"}),
    floor=0.05,
)
situations = st.builds(
    Situation,
    turn_id=st.text(min_size=1, max_size=20),
    stage=st.sampled_from([Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER]),
    arm=st.sampled_from(["control", "aggressive", "consultative", "unknown"]),
    perception=st.builds(Perception, intent=st.sampled_from(Intent), objection=st.sampled_from(Objection)),
    talk=st.builds(
        Talk,
        habits=st.builds(Habits, turns=st.integers(1, 300)),
        used=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 300), max_size=6),
        refused_at=st.none() | st.integers(1, 300),
    ),
    features=st.just({"turns": 1.0}),
    prediction=st.builds(Prediction, probability=st.floats(0.001, 0.999), contributions=st.just({})),
    live_offers=st.frozensets(st.sampled_from(["discount", "bonus"])),
    floor=st.floats(0.001, 0.2),
)


@given(situations)
def test_probabilities_are_a_distribution_with_a_floor(situation: Situation) -> None:
    chosen = select(POLICY, situation, NAMES)
    assert math.isclose(sum(chosen.probabilities.values()), 1.0)
    assert min(chosen.probabilities.values()) >= chosen.exploration_floor - 1e-12
    assert chosen.propensity == chosen.probabilities[chosen.suggestion or NONE]
    assert chosen.exploration_floor > 0


@given(situations)
def test_a_refused_tool_is_neither_offered_nor_drawn(situation: Situation) -> None:
    chosen = select(POLICY, situation, NAMES)
    assert not set(chosen.refused) & {*chosen.offered, *chosen.probabilities}
    assert set(chosen.offered) <= set(chosen.eligible)
    assert chosen.suggestion is None or chosen.suggestion in chosen.offered
    assert {*chosen.refused, *chosen.eligible} == set(NAMES)


@given(situations)
def test_no_offer_that_is_not_live_and_no_pressure_on_a_refusal(situation: Situation) -> None:
    chosen = select(POLICY, situation, NAMES)
    if "discount" not in situation.live_offers:
        assert "present_offer" not in chosen.eligible
    if "bonus" not in situation.live_offers:
        assert "list_bonuses" not in chosen.eligible
    if situation.perception.intent in (Intent.REFUSAL, Intent.STOP_REQUEST):
        assert set(chosen.eligible) <= set(POLICY.always)
        assert chosen.suggestion is None


@given(situations)
def test_a_human_can_always_be_called(situation: Situation) -> None:
    assert "contact_advisor" in select(POLICY, situation, NAMES).offered


@given(situations)
def test_the_same_turn_chooses_the_same(situation: Situation) -> None:
    assert select(POLICY, situation, NAMES) == select(POLICY, situation, NAMES)


def test_draws_follow_the_probabilities() -> None:
    probabilities = draw_probabilities(2.0, {"a": 1.0, "b": 5.0, "c": 0.0}, 0.05)
    draws = Counter(draw(probabilities, f"turn-{number}") for number in range(20_000))
    assert "c" not in probabilities
    for name, probability in probabilities.items():
        error = math.sqrt(probability * (1 - probability) / 20_000)
        assert abs(draws[name] / 20_000 - probability) < 5 * error


def test_a_tool_is_not_used_twice_in_a_row_unless_asked_for() -> None:
    used = replace(QUIET, talk=Talk(habits=Habits(turns=9), used={"create_demo_link": 8}))
    assert refusal_of(POLICY, used, "create_demo_link") == "cooldown"
    asked = replace(used, perception=Perception(intent=Intent.WANTS_DEMO))
    assert refusal_of(POLICY, asked, "create_demo_link") == ""


@given(situations)
def test_a_demo_is_not_urged_on_who_has_one_but_its_page_stays_within_reach(situation: Situation) -> None:
    chosen = select(POLICY, replace(situation, booked=True), NAMES)
    wanted = "create_demo_link" in POLICY.asked_for(situation.perception)
    if wanted and situation.perception.intent not in (Intent.REFUSAL, Intent.STOP_REQUEST):
        assert "create_demo_link" in chosen.offered
    if not wanted:
        assert "create_demo_link" in chosen.refused


def test_pressure_pauses_after_a_refusal() -> None:
    refused = replace(QUIET, talk=Talk(habits=Habits(turns=9), refused_at=7))
    assert refusal_of(POLICY, refused, "present_offer") == "after_refusal"
    assert refusal_of(POLICY, refused, "show_syllabus") == ""
    later = replace(QUIET, talk=Talk(habits=Habits(turns=12), refused_at=7))
    assert refusal_of(POLICY, later, "present_offer") == ""


@pytest.mark.parametrize(("arm", "more"), [("aggressive", True), ("consultative", False)])
def test_an_arm_leans_towards_or_away_from_closing(arm: str, more: bool) -> None:
    def chance(of: str) -> float:
        return select(POLICY, replace(QUIET, arm=of), NAMES).probabilities["present_offer"]

    assert (chance(arm) > chance("control")) is more


def test_a_low_score_teaches_and_a_high_one_helps_to_decide() -> None:
    def chances(score: float) -> dict[str, float]:
        return select(POLICY, replace(QUIET, prediction=Prediction(score, {})), NAMES).probabilities

    assert chances(0.05)["deliver_resource"] > chances(0.8)["deliver_resource"]
    assert chances(0.05)["create_payment_link"] < chances(0.8)["create_payment_link"]


def test_the_policy_names_only_tools_that_exist() -> None:
    assert isinstance(POLICY, Policy)
    assert POLICY.named_tools() <= set(NAMES)


@given(situations)
def test_nothing_is_sold_to_who_is_under_age_whatever_they_ask_for(situation: Situation) -> None:
    talk = situation.talk.model_copy(update={"minor": True})
    chosen = select(POLICY, replace(situation, talk=talk), NAMES)
    sells = {"create_payment_link", "present_offer", "list_bonuses", "create_demo_link"}
    assert {chosen.refused[tool] for tool in sells} == {"minor"}
    assert not sells & {*chosen.offered, *chosen.eligible, chosen.suggestion}
    assert "contact_advisor" in chosen.offered
