"""A candidate judged by a log of known truth: found, not invented, and refused when the log cannot tell."""

from dataclasses import replace

import numpy as np
import pytest

from agent.candidate import Candidate, read_candidate
from core.domain.decisions import REWARDS, Decision
from core.domain.perception import Objection
from core.learning.policy_evaluation import STEPS, evaluate
from tests.decisions import CURRENT, doubters_want_testimonials, logged

STEP = REWARDS["step"]
TESTIMONIALS = "[objections.trust]\nfind_testimonials = 30.0\n"


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return logged(3_000, doubters_want_testimonials)


def truth(decisions: list[Decision], candidate: Candidate) -> float:
    """What the candidate would have earned."""
    return float(
        np.mean(
            [
                sum(
                    chance * doubters_want_testimonials(Objection(str(one.features["objection"])), arm)
                    for arm, chance in candidate.probabilities(one).items()
                )
                for one in decisions
            ]
        )
    )


def test_a_better_candidate_is_found(decisions: list[Decision]) -> None:
    candidate = read_candidate(TESTIMONIALS, "toml", CURRENT)
    found = evaluate(decisions, candidate.probabilities, STEP)
    known = truth(decisions, candidate)
    assert found.refusals == ()
    assert found.verdict == "better"
    assert found.earned is not None
    assert known > found.earned.value
    for name in ("IPS", "SNIPS", "DR"):
        assert found.estimates[name].value == pytest.approx(known, abs=4 * found.estimates[name].error)
    assert found.estimates["DR"].error < 0.02


def test_a_worse_candidate_is_found(decisions: list[Decision]) -> None:
    candidate = read_candidate("[objections.trust]\nfind_testimonials = 0.01\nshow_guarantee = 30.0", "toml", CURRENT)
    assert evaluate(decisions, candidate.probabilities, STEP).verdict == "worse"


def test_what_makes_no_difference_cannot_be_told_from_noise() -> None:
    candidate = read_candidate(TESTIMONIALS, "toml", CURRENT)
    found = evaluate(logged(1_500, lambda objection, arm: 0.3), candidate.probabilities, STEP)
    assert found.verdict == "cannot be told from noise"


def test_the_policy_in_force_earned_what_it_earned(decisions: list[Decision]) -> None:
    found = evaluate(decisions, lambda one: one.probabilities, STEP)
    assert found.earned is not None
    for name in ("IPS", "SNIPS"):
        assert found.estimates[name].value == pytest.approx(found.earned.value)
    assert found.estimates["DR"].value == pytest.approx(found.earned.value, abs=0.01)
    assert found.gain is not None
    assert found.gain.value == pytest.approx(0.0, abs=1e-12)


def test_the_log_cannot_tell_of_what_was_never_drawn(decisions: list[Decision]) -> None:
    candidate = read_candidate("[stages.conversation]\nupdate_profile = 20.0", "toml", CURRENT)
    found = evaluate(decisions, candidate.probabilities, STEP)
    assert found.verdict == "refused"
    assert "update_profile" in found.refusals[0]
    assert (found.estimates, found.gain) == ({}, None)


def test_a_trace_of_the_unseen_widens_the_interval(decisions: list[Decision]) -> None:
    def traced(one: Decision) -> dict[str, float]:
        return {**{name: 0.995 * chance for name, chance in one.probabilities.items()}, "brand_new": 0.005}

    plain = evaluate(decisions, lambda one: one.probabilities, STEP).estimates["DR"]
    wide = evaluate(decisions, traced, STEP).estimates["DR"]
    assert wide.high - wide.low == pytest.approx(plain.high - plain.low + 0.01, rel=0.05)


def test_few_people_cannot_tell(decisions: list[Decision]) -> None:
    found = evaluate(decisions[:80], lambda one: one.probabilities, STEP)
    assert "people" in found.refusals[0]


def test_no_decisions_cannot_tell() -> None:
    assert evaluate([], lambda one: one.probabilities, STEP).verdict == "refused"


def test_a_higher_bar_for_evidence_refuses_more(decisions: list[Decision]) -> None:
    assert evaluate(decisions, lambda one: one.probabilities, STEP, least_effective=1e6).verdict == "refused"


def test_it_repeats_with_its_seed_and_tells_progress(decisions: list[Decision]) -> None:
    candidate = read_candidate(TESTIMONIALS, "toml", CURRENT)
    steps: list[int] = []
    once = evaluate(decisions[:600], candidate.probabilities, STEP, seed=3, advance=lambda: steps.append(1))
    assert once == evaluate(decisions[:600], candidate.probabilities, STEP, seed=3)
    assert len(steps) == STEPS


def test_a_sale_outweighs_a_step() -> None:
    one = logged(1, doubters_want_testimonials)[0]
    assert REWARDS["reward"].of(replace(one, step=True, sale=True)) == 1.0
    assert REWARDS["reward"].of(replace(one, step=True, sale=False)) == 0.3
    assert REWARDS["sale"].of(replace(one, step=True, sale=False)) == 0.0
