"""Candidates: read from TOML or YAML, whole or in part, and judged by the same draw as the policy in force."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.candidate import read_candidate
from core.domain.decisions import REWARDS
from core.errors import CandidateError, PromptError
from core.learning.recommender import learn
from tests.decisions import CURRENT, decision, doubters_want_testimonials, drawn, logged

DECISIONS = logged(60, doubters_want_testimonials)


@pytest.mark.parametrize("text", ["", CURRENT])
def test_the_policy_in_force_gives_the_probabilities_that_were_logged(text: str) -> None:
    candidate = read_candidate(text, "toml", CURRENT)
    for one in DECISIONS:
        assert candidate.probabilities(one) == pytest.approx(dict(one.probabilities))


def test_what_the_recommender_leaned_counts_unless_it_is_left_out() -> None:
    recommender = learn(logged(2_000, doubters_want_testimonials), REWARDS["step"], "1")
    leaned = [decision(one, 0, step=False) for one in drawn(40, 9, recommender)]
    plain = [decision(one, 0, step=False) for one in drawn(40, 9)]
    with_it, without = read_candidate("", "toml", CURRENT), read_candidate('recommender = "none"', "toml", CURRENT)
    for one, same in zip(leaned, plain, strict=True):
        assert with_it.probabilities(one) == pytest.approx(dict(one.probabilities))
        assert without.probabilities(one) == pytest.approx(dict(same.probabilities))


weights = st.floats(0.0, 50.0)


@settings(max_examples=40)
@given(weights, weights, st.floats(0.01, 50.0), st.sampled_from(["control", "aggressive", "consultative"]))
def test_every_candidate_is_a_distribution_above_the_floor(demo: float, offer: float, none: float, arm: str) -> None:
    text = f'arm = "{arm}"\nnone = {none}\n[stages.conversation]\ncreate_demo_link = {demo}\npresent_offer = {offer}\n'
    candidate = read_candidate(text, "toml", CURRENT)
    for one in DECISIONS[:10]:
        probabilities = candidate.probabilities(one)
        assert math.isclose(sum(probabilities.values()), 1.0)
        assert min(probabilities.values()) >= min(one.floor, 0.5 / len(probabilities)) - 1e-12
        assert set(probabilities) <= {"none", *one.eligible}


def test_a_heavier_tool_is_drawn_more() -> None:
    more = read_candidate("[stages.conversation]\nsend_preview = 9.0", "toml", CURRENT)
    for one in DECISIONS[:10]:
        assert more.probabilities(one)["send_preview"] > one.probabilities["send_preview"]


def test_yaml_says_the_same_as_toml() -> None:
    yaml = read_candidate("arm: consultative\nstages:\n  conversation:\n    send_preview: 9.0\n", "yaml", CURRENT)
    toml = read_candidate('arm = "consultative"\n[stages.conversation]\nsend_preview = 9.0', "toml", CURRENT)
    assert yaml == toml


def test_an_arm_takes_everybody() -> None:
    candidate = read_candidate('arm = "aggressive"', "toml", CURRENT)
    offers = [(candidate.probabilities(one), one.probabilities) for one in DECISIONS]
    assert all(new["present_offer"] > old["present_offer"] for new, old in offers if "present_offer" in old)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[cooldown]\npresent_offer = 0", "cooldown"),
        ("[pressure]\nturns = 1", "pressure"),
        ('always = ["contact_advisor"]', "always"),
        ('[asked]\nwants_demo = ["send_preview"]', "asked"),
        ('arm = "brutal"', "control, aggressive"),
        ('recommender = "best"', "logged"),
        ("[stages.conversation]\nsell_harder = 2.0", "sell_harder"),
        ("[intents.price]\npresent_offer = 2.0", "price"),
        ("arm = consultative", "no TOML"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(CandidateError, match=named):
        read_candidate(text, "toml", CURRENT)


@pytest.mark.parametrize(
    ("text", "named"), [("a: [", "no YAML"), ("- a\n- b", "selection.toml"), ("", "selection.toml")]
)
def test_yaml_that_holds_no_entries_is_refused(text: str, named: str) -> None:
    with pytest.raises(CandidateError, match=named):
        read_candidate(text, "yaml", CURRENT)


@pytest.mark.parametrize("text", ["none = -1", "[stages.conversation]\nsend_preview = 1000.0", "colour = 1"])
def test_a_wrong_entry_is_named(text: str) -> None:
    with pytest.raises(PromptError, match="The candidate"):
        read_candidate(text, "toml", CURRENT)
