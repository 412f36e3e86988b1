"""Whether flips are more than coins would give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evals.statistics.flips import fewest_flips, mcnemar


@given(st.integers(0, 200), st.integers(0, 200))
def test_it_is_the_exact_sign_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(float(expected), rel=1e-9) == mcnemar(lost, gained)


def test_six_flips_of_one_direction_are_significant_and_five_are_not() -> None:
    assert mcnemar(6, 0) < 0.05 < mcnemar(0, 5) and fewest_flips() == 6
    with pytest.raises(ValueError, match="cannot be numbers of flips"):
        mcnemar(-1, 0)
