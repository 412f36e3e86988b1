"""Assignment is sticky, stable across processes, and follows the weights."""

import subprocess
import sys
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.assignment import assign, bucket

LEAD = UUID("00000000-0000-4000-8000-000000000001")
weights = st.dictionaries(st.text(min_size=1, max_size=5), st.floats(0, 10), min_size=1, max_size=5).filter(
    lambda given_weights: sum(given_weights.values()) > 0.001
)


@given(st.uuids(), st.text(), weights)
def test_the_arm_is_one_that_has_weight(lead: UUID, seed: str, given_weights: dict[str, float]) -> None:
    assert given_weights[assign(seed, lead, given_weights)] > 0
    assert 0 <= bucket(seed, lead) < 1


def test_it_is_the_same_in_every_process() -> None:
    code = f"from uuid import UUID; from core.learning.assignment import bucket; print(bucket('s', UUID('{LEAD}')))"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert {run.stdout for run in runs} == {f"{bucket('s', LEAD)}\n"}


def test_shares_follow_the_weights() -> None:
    arms = Counter(assign("s", UUID(int=number), {"a": 1, "b": 3}) for number in range(20_000))
    assert abs(arms["b"] / 20_000 - 0.75) < 0.015


def test_experiments_are_independent() -> None:
    pairs = Counter(
        (assign("one", UUID(int=number), {"a": 1, "b": 1}), assign("two", UUID(int=number), {"a": 1, "b": 1}))
        for number in range(20_000)
    )
    assert all(abs(count / 20_000 - 0.25) < 0.015 for count in pairs.values())


@pytest.mark.parametrize("wrong", [{}, {"a": 0.0}, {"a": -1.0, "b": 2.0}])
def test_weights_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="positive sum"):
        assign("s", LEAD, wrong)
