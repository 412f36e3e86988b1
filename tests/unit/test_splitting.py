"""Splits: by time, through nobody, and honest about what was known when."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import TrainingError
from core.learning.splitting import Examples, folds, split_at_random, split_by_time


def examples_of(people: list[int], at: list[float], truth: list[float] | None = None) -> Examples:
    codes = np.array(people, dtype=np.int64)
    outcome = np.array(truth if truth is not None else [place % 2 for place in range(len(at))], dtype=np.float64)
    rows = tuple({"place": place} for place in range(len(at)))
    return Examples(rows, outcome, codes, np.array(at, dtype=np.float64))


DAILY = examples_of(list(range(200)), [float(day) for day in range(200)])


def test_the_later_part_comes_after_the_earlier_one() -> None:
    split = split_by_time(DAILY)
    assert DAILY.at[split.early].max() < split.cut <= DAILY.at[split.late].min()
    assert len(split.late) == pytest.approx(60, abs=1)


def test_an_outcome_that_was_open_at_the_cut_is_not_learned_from() -> None:
    split = split_by_time(DAILY, window=30)
    assert DAILY.at[split.early].max() + 30 <= split.cut
    assert split.open == len(split_by_time(DAILY).early) - len(split.early) == pytest.approx(30, abs=1)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 100)), min_size=60, max_size=200), st.integers(0, 20))
def test_nobody_stands_on_both_sides(cases: list[tuple[int, int]], window: int) -> None:
    _, people = np.unique([person for person, _ in cases], return_inverse=True)
    examples = examples_of(people.tolist(), [float(at) for _, at in cases])
    try:
        split = split_by_time(examples, window)
    except TrainingError:
        assume(False)
    assert not set(people[split.early]) & set(people[split.late])
    assert not set(split.early.tolist()) & set(split.late.tolist())
    assert len(split.early) + len(split.late) + split.open + split.returning == len(cases)


def test_a_random_split_is_of_people_and_repeats_itself() -> None:
    people = [place // 5 for place in range(500)]
    examples = examples_of(people, [0.0] * 500)
    split, again = split_at_random(examples, 1), split_at_random(examples, 1)
    assert split.early.tolist() == again.early.tolist()
    assert not {people[place] for place in split.early} & {people[place] for place in split.late}


def test_folds_hold_everybody_out_once_and_spread_the_outcomes() -> None:
    people = [place // 4 for place in range(400)]
    truth = [float(person % 10 == 0) for person in people]
    examples = examples_of(people, [0.0] * 400, truth)
    parts = folds(examples, 5, seed=3)
    assert sorted(np.concatenate([held for _, held in parts]).tolist()) == list(range(400))
    for fit, held in parts:
        assert not {people[place] for place in fit} & {people[place] for place in held}
        assert examples.truth[held].mean() == pytest.approx(0.1)


@pytest.mark.parametrize("truth", [[0.0] * 200, [1.0] * 200, [1.0] * 10 + [0.0] * 190])
def test_too_few_outcomes_are_told_by_part(truth: list[float]) -> None:
    with pytest.raises(TrainingError, match=r"(earlier|later) part holds \d+ with the outcome and \d+ without"):
        split_by_time(examples_of(list(range(200)), [float(day) for day in range(200)], truth))


def test_nothing_at_all_is_told() -> None:
    empty = examples_of([], [])
    for split in (split_by_time, split_at_random):
        with pytest.raises(TrainingError):
            split(empty)


def test_taking_counts_people_anew() -> None:
    taken = examples_of([0, 5, 5, 9], [0.0, 1.0, 2.0, 3.0]).take(np.array([1, 2, 3]))
    assert taken.people.tolist() == [0, 0, 1]
    assert [row["place"] for row in taken.rows] == [1, 2, 3]
