"""A mean with an interval that knows of clusters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.statistics.clustered import FEWEST, estimate

Values = st.lists(st.floats(-1, 1), min_size=1, max_size=40)


@given(Values, st.data())
def test_the_value_is_the_mean_and_lies_in_its_interval(values: list[float], data: st.DataObject) -> None:
    clusters = data.draw(st.lists(st.integers(0, 8), min_size=len(values), max_size=len(values)))
    found = estimate(values, clusters, draws=200)
    assert found.value == pytest.approx(float(np.mean(values)), abs=1e-12)
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9 and found.size == len(values)


def test_the_same_values_have_the_same_interval_and_their_order_changes_it_little() -> None:
    values, clusters = [0.0, 1.0] * 20, [number // 4 for number in range(40)]
    assert estimate(values, clusters) == estimate(values, clusters)


def test_the_standard_error_is_the_textbook_one_when_every_value_is_its_own_cluster() -> None:
    values = [0.1, 0.9, 0.4, 0.4, 1.0, 0.0, 0.7]
    expected = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    assert estimate(values, range(len(values))).se == pytest.approx(expected)


def test_values_that_are_alike_within_their_cluster_count_as_one() -> None:
    persons = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    once = estimate(persons, range(8))
    often = estimate(
        [value for value in persons for _ in range(25)], [number for number in range(8) for _ in range(25)]
    )
    assert often.se == pytest.approx(once.se) and often.low == pytest.approx(once.low, abs=1e-9)


def test_too_few_clusters_are_not_drawn_from() -> None:
    values = [0.0, 1.0, 1.0, 1.0, 0.0, 1.0]
    two = estimate(values, ["a", "a", "a", "b", "b", "b"])
    assert two == estimate(values, range(6)) and two.clusters == 6 >= FEWEST
    alone = estimate([0.5], ["a"])
    assert (alone.low, alone.high, alone.se, alone.clusters) == (0.5, 0.5, None, 1)


@pytest.mark.parametrize(("values", "clusters"), [([], []), ([1.0], [])])
def test_every_value_needs_a_cluster(values: list[float], clusters: list[int]) -> None:
    with pytest.raises(ValueError, match="need as many clusters"):
        estimate(values, clusters)


@pytest.mark.parametrize("personas", [8, 20])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(personas: int) -> None:
    """Personas differ (Beta around 0.7), scenarios of one are alike: 400 suites from a fixed seed."""
    rng, held, suites = np.random.default_rng(5), 0, 400
    for _ in range(suites):
        rates = rng.beta(7, 3, personas)
        values = (rng.binomial(8, np.repeat(rates, 10)) / 8).tolist()
        held += estimate(values, np.repeat(np.arange(personas), 10).tolist(), draws=400).holds(0.7)
    assert 0.92 <= held / suites <= 0.99
