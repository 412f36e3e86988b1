"""Two runs of the same scenarios and seeds."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.record import Conversation
from evals.statistics.paired import Finding, paired
from tests.eval_runs import make_plays
from tests.evaluations import make_conversation


def _suite(passed: list[bool]) -> list[Conversation]:
    """A scenario and persona for each."""
    return [
        make_conversation(scenario=f"caso-{n}", persona=f"persona-{n}", passed=good) for n, good in enumerate(passed)
    ]


def test_many_losses_are_worse_and_the_other_way_round_better() -> None:
    good, bad = _suite([True] * 40), _suite([False] * 12 + [True] * 28)
    worse, better = paired(good, bad), paired(bad, good)
    assert worse is not None and better is not None
    assert worse.whole.finding is Finding.WORSE and better.whole.finding is Finding.BETTER
    assert worse.whole.change.value == pytest.approx(-0.3) == -better.whole.change.value
    assert (worse.whole.lost, worse.whole.gained, len(worse.flipped)) == (12, 0, 12)


def test_five_flips_are_noise_even_where_the_bootstrap_believes_them() -> None:
    found = paired(_suite([True] * 40), _suite([False] * 5 + [True] * 35))
    assert found is not None and not found.whole.change.holds(0.0) and found.whole.finding is Finding.NOISE


def test_one_persona_that_flips_often_is_noise_however_many_seeds() -> None:
    before = [*_suite([True] * 20), *make_plays([True] * 30, scenario="uno", persona="persona-0")]
    after = [*_suite([True] * 20), *make_plays([False] * 30, scenario="uno", persona="persona-0")]
    found = paired(before, after)
    assert found is not None and found.whole.p_value < 0.001 and found.whole.finding is Finding.NOISE


def test_pairs_that_a_prospect_spoilt_prove_nothing_but_their_gates_count() -> None:
    spoilt = make_conversation(seed=1, passed=False, prospect_faults=["x"], gate_fell=["safety"])
    found = paired(make_plays([True, True]), [make_conversation(), spoilt])
    assert found is not None and (found.whole.pairs, found.void, found.flipped) == (1, 1, ())
    assert found.hits == (spoilt,) == found.new_hits


def test_a_hit_that_was_there_before_is_not_new() -> None:
    lie = make_conversation(passed=False, gate_fell=["honesty"])
    found = paired([lie], [lie])
    assert found is not None and found.hits == (lie,) and found.new_hits == ()


def test_nothing_in_common_is_no_comparison() -> None:
    assert paired([make_conversation(scenario="uno")], [make_conversation(scenario="dos")]) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_turned_round_everything_is_turned_round(results: list[tuple[bool, bool]]) -> None:
    before, after = _suite([one for one, _ in results]), _suite([two for _, two in results])
    there, back = paired(before, after), paired(after, before)
    assert there is not None and back is not None
    assert there.whole.change.value == pytest.approx(-back.whole.change.value)
    assert there.whole.change.low == pytest.approx(-back.whole.change.high, abs=0.02)
    assert (there.whole.gained, there.whole.lost) == (back.whole.lost, back.whole.gained)
    assert there.whole.p_value == back.whole.p_value and there.whole.change.value == pytest.approx(
        there.whole.after - there.whole.before
    )


def _drawn(rng: np.random.Generator, rates: Sequence[float]) -> list[Conversation]:
    """Five scenarios of each persona, four plays each, that pass at the persona's rate."""
    return [
        make_conversation(scenario=f"caso-{n}-{k}", persona=f"persona-{n}", seed=s, passed=bool(rng.random() < rate))
        for n, rate in enumerate(rates)
        for k in range(5)
        for s in range(4)
    ]


def test_chance_alone_is_seldom_believed_and_a_large_effect_often() -> None:
    """Personas pass at rates around 0.7; 60 comparisons without an effect, and 60 of a drop by 15 points."""
    rng, comparisons = np.random.default_rng(11), 60
    believed = {0.0: 0, 0.15: 0}
    for drop in believed:
        for _ in range(comparisons):
            rates = rng.beta(7, 3, 20)
            found = paired(_drawn(rng, rates.tolist()), _drawn(rng, (rates - drop).clip(0, 1).tolist()))
            believed[drop] += found is not None and found.whole.finding is not Finding.NOISE
    assert believed[0.0] <= 5 and believed[0.15] >= 48


def test_the_same_run_twice_has_not_changed() -> None:
    found = paired(_suite([True, False] * 10), _suite([True, False] * 10))
    assert found is not None and found.whole.finding is Finding.NOISE and found.whole.p_value == 1
    assert (found.whole.change.low, found.whole.change.high) == (0, 0) and found.flipped == ()
