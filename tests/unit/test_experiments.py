"""Plans of experiments are checked, and say what would be right."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.domain.experiments import Draft, Namespace
from core.errors import ExperimentError
from core.learning.experiments import draft

ARMS = ("control", "aggressive", "consultative")
edges = st.tuples(st.integers(0, 1000), st.integers(0, 1000)).filter(lambda pair: pair[0] < pair[1])


def plan(**fields: Any) -> Draft:
    given_: dict[str, Any] = {
        "key": "calm",
        "hypothesis": "Asking first brings more demos.",
        "arms": {"control": 1, "consultative": 1},
    }
    return draft(ARMS, **(given_ | fields))


def test_a_plan_works_out_its_number_of_people() -> None:
    assert plan(baseline=0.08, minimum_effect=0.2).people_per_arm == 9417
    assert plan(people_per_arm=500).people_per_arm == 500
    assert plan(baseline=0.5, minimum_effect=0.9).people_per_arm == 100
    three = plan(arms=dict.fromkeys(ARMS, 1), baseline=0.08)
    assert three.people_per_arm > plan(baseline=0.08).people_per_arm


def test_the_key_is_the_seed_unless_another_is_given() -> None:
    assert (plan().seed, plan(seed="other").seed) == ("calm", "other")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": "Calm!"}, "key"),
        ({"hypothesis": "short"}, "hypothesis: String should have at least 10"),
        ({"arms": {"control": 1}}, "two arms or more"),
        ({"arms": {"control": 1, "consultative": 0}}, "arms.consultative: Input should be greater than 0"),
        ({"arms": {"control": 1, "Bold one": 1}}, "arms.Bold one"),
        ({"arms": {"control": 1, "bold": 1}}, "no arm bold; she has aggressive, consultative, control"),
        ({"control": "aggressive"}, "should be one of the arms: consultative, control"),
        ({"metric": "smiles"}, "'demo_requested' or 'purchase_completed'"),
        ({"guardrails": ("tears",)}, "'opt_outs', 'handoffs' or 'blocks'"),
        ({"baseline": 1.0}, "baseline: Input should be less than 1"),
        ({"baseline": 0.6, "minimum_effect": 0.7}, "stay below 1"),
        ({"minimum_effect": 0.0}, "minimum_effect: Input should be greater than 0"),
        ({"window_days": 0}, "window_days"),
        ({"people_per_arm": 5}, "people_per_arm: Input should be greater than or equal to 100"),
        ({"coverage": 1.5}, "coverage: Input should be less than or equal to 1"),
        ({"namespace": {"name": "talk", "start": 0.5, "end": 0.2}}, "start should be below its end"),
    ],
)
def test_a_wrong_plan_is_refused_with_what_would_be_right(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        plan(**wrong)
    assert said in str(refused.value)


@given(edges, edges)
def test_stretches_overlap_when_they_share_a_bucket(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = (Namespace(name="talk", start=start / 1000, end=end / 1000) for start, end in (one, other))
    shared = bool(set(range(*one)) & set(range(*other)))
    assert first.overlaps(second) is shared
    assert second.overlaps(first) is shared


def test_other_namespaces_and_none_share_people() -> None:
    stretch = Namespace(name="talk", start=0, end=0.5)
    assert stretch.overlaps(None)
    assert stretch.overlaps(Namespace(name="price", start=0.5, end=1))
    with pytest.raises(ValidationError):
        Namespace(name="talk", start=0, end=1.5)
