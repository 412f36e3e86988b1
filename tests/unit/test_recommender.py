"""The recommender: neutral without data, right with it, and stored without loss."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.policy import parse_policy
from agent.selection import select
from agent.toolbox import NAMES
from core.domain.decisions import NONE, REWARDS
from core.errors import RecommenderError
from core.learning.predictor import Features
from core.learning.recommender import LEAST_LEAN, LogisticThompson, from_data, learn, numbered
from tests.decisions import CURRENT, doubters_want_testimonials, drawn, logged, situation

STEP = REWARDS["step"]
TOOLS = [NONE, "find_testimonials", "show_syllabus", "compare_prices", "create_demo_link"]
DOUBTS: Features = {"stage": "conversation", "intent": "exploration", "objection": "trust", "score": 0.2}
NO_DOUBTS: Features = {**DOUBTS, "objection": "none"}


@pytest.fixture(scope="module")
def learned() -> LogisticThompson:
    return learn(logged(4_000, doubters_want_testimonials), STEP, "7")


@pytest.mark.parametrize("candidates", [TOOLS, [NONE], [NONE, "show_guarantee"]])
def test_without_data_it_leans_nowhere(candidates: list[str]) -> None:
    assert learn([], STEP).leans(DOUBTS, candidates) == dict.fromkeys(candidates, 1.0)


def test_it_leans_to_what_worked_for_people_like_this_one(learned: LogisticThompson) -> None:
    leans = learned.leans(DOUBTS, TOOLS)
    assert max(leans, key=lambda tool: leans[tool]) == "find_testimonials"
    assert leans["find_testimonials"] > 4
    assert learned.leans(NO_DOUBTS, TOOLS)["find_testimonials"] < 2.5


def test_leans_average_to_one(learned: LogisticThompson) -> None:
    assert np.mean(list(learned.leans(DOUBTS, TOOLS).values())) == pytest.approx(1.0, abs=0.01)


def test_a_tool_that_was_never_drawn_is_neither_praised_nor_buried(learned: LogisticThompson) -> None:
    leans = learned.leans(NO_DOUBTS, [*TOOLS, "brand_new"])
    assert LEAST_LEAN < leans["brand_new"] < len(leans)


def test_decisions_without_a_choice_teach_nothing() -> None:
    log = logged(300, doubters_want_testimonials)
    alone = [one for one in log if len(one.probabilities) == 1]
    assert learn(alone, STEP).leans(DOUBTS, TOOLS) == dict.fromkeys(TOOLS, 1.0)


def test_it_is_stored_as_plain_json_and_read_back(learned: LogisticThompson) -> None:
    again = from_data(json.loads(json.dumps(learned.as_data())), "7")
    for features in (DOUBTS, NO_DOUBTS):
        assert again.leans(features, TOOLS) == pytest.approx(dict(learned.leans(features, TOOLS)), abs=1e-4)


def test_a_version_from_before_the_centre_is_read_as_it_was_meant(learned: LogisticThompson) -> None:
    data = {name: value for name, value in learned.as_data().items() if name != "centre"}
    again = from_data(data, "6")
    assert (again.model.centre == 0.0).all()
    assert again.leans(DOUBTS, TOOLS) == pytest.approx(dict(learned.leans(DOUBTS, TOOLS)), abs=1e-4)


@pytest.mark.parametrize(
    "damage",
    [{"columns": ["bias"]}, {"noise": "much"}, {"baseline": [1.0]}, {"arms": {}}, {"arms": 1}, {"centre": [0.5]}],
)
def test_what_cannot_be_read_is_named(learned: LogisticThompson, damage: dict[str, object]) -> None:
    with pytest.raises(RecommenderError, match="recommender 7"):
        from_data({**learned.as_data(), **damage}, "7")


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.001, 0.2))
def test_drawn_probabilities_stay_exact_and_above_the_floor(learned: LogisticThompson, seed: int, floor: float) -> None:
    asked = replace(situation(f"t{seed}", np.random.default_rng(seed), learned), floor=floor)
    chosen = select(parse_policy(CURRENT), asked, NAMES)
    assert math.isclose(sum(chosen.probabilities.values()), 1.0)
    assert min(chosen.probabilities.values()) >= chosen.exploration_floor - 1e-12
    assert chosen.propensity == chosen.probabilities[chosen.suggestion or NONE]
    assert chosen.recommender == "7"
    assert chosen.leans.keys() <= chosen.probabilities.keys()


def test_it_changes_what_is_drawn(learned: LogisticThompson) -> None:
    def share(selections: list[float]) -> float:
        return float(np.mean(selections))

    def doubters(recommended: bool) -> list[float]:
        found = drawn(400, 3, learned) if recommended else drawn(400, 3)
        return [one.probabilities["find_testimonials"] for one in found if one.features["objection"] == "trust"]

    assert share(doubters(True)) > 1.5 * share(doubters(False))


def test_the_neutral_recommender_is_recorded_as_none() -> None:
    chosen = drawn(1)[0]
    assert (chosen.recommender, chosen.leans) == ("none", {})


def test_names_are_numbered_as_they_come() -> None:
    assert numbered(["b", "a", "b", "c"]).tolist() == [0, 1, 0, 2]
