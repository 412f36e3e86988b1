"""What may still happen that was hardly ever seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evals.statistics.bounds import rate_bound


def test_no_hit_in_300_bounds_the_rate_at_one_percent() -> None:
    assert rate_bound(0, 300) == pytest.approx(0.01) and rate_bound(0, 2) == 1.0


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_at_the_bound_so_few_hits_are_seen_in_no_more_than_five_percent(counts: tuple[int, int]) -> None:
    hits, tries = counts
    assert float(binom.cdf(hits, tries, rate_bound(hits, tries))) <= 0.05 + 1e-9
    assert hits / tries <= rate_bound(hits, tries) <= 1


def test_when_all_were_hit_nothing_is_bounded() -> None:
    assert rate_bound(3, 3) == 1.0
    with pytest.raises(ValueError, match="cannot come of"):
        rate_bound(4, 3)
