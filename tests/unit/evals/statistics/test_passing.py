"""pass^k."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.statistics.passing import pass_hat


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.integers(1, 9))
def test_it_is_the_share_of_all_choices_in_which_every_play_passed(plays: list[bool], k: int) -> None:
    choices = list(combinations(plays, k))
    expected = sum(all(choice) for choice in choices) / len(choices) if choices else None
    assert pass_hat(sum(plays), len(plays), k) == (expected if expected is None else pytest.approx(expected))


@given(st.integers(4, 12), st.floats(0, 1))
def test_it_is_unbiased(played: int, rate: float) -> None:
    weights = [comb(played, passed) * rate**passed * (1 - rate) ** (played - passed) for passed in range(played + 1)]
    mean = sum(weight * (pass_hat(passed, played, 4) or 0.0) for passed, weight in enumerate(weights))
    assert mean == pytest.approx(rate**4, abs=1e-9)


@given(st.integers(8, 30), st.data())
def test_more_plays_in_a_row_are_never_likelier(played: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, played))
    found = [pass_hat(passed, played, k) or 0.0 for k in range(1, 9)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(("passed", "played", "k"), [(3, 2, 1), (-1, 2, 1), (1, 2, 0)])
def test_what_cannot_be_is_refused(passed: int, played: int, k: int) -> None:
    with pytest.raises(ValueError, match="cannot have passed"):
        pass_hat(passed, played, k)
