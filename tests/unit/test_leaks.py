"""Leaks: named when they are there, silent when not."""

from collections.abc import Sequence

import numpy as np

from core.learning.leaks import doubled_rows, late_columns, shared_people, single_aucs
from core.learning.splitting import Examples, Split, split_at_random


def world(**columns: Sequence[object]) -> Examples:
    """600 people of whom a third buys; "honest" tells a little, and the rest is given."""
    rng = np.random.default_rng(0)
    truth = (np.arange(600) % 3 == 0).astype(float)
    honest = truth + rng.normal(0, 1.5, 600)
    rows = tuple(
        {"honest": float(honest[place]), **{name: values[place] for name, values in columns.items()}}
        for place in range(600)
    )
    return Examples(rows, truth, np.arange(600), np.arange(600.0))


TRUTH = np.arange(600) % 3 == 0
NOISE = np.random.default_rng(1).random(600)


def warnings(examples: Examples) -> str:
    return "\n".join(late_columns(single_aucs(examples)))


def test_an_honest_table_is_not_suspected() -> None:
    many = [f"name {place // 2}" for place in range(600)]
    assert warnings(world(noise=NOISE.tolist(), many=many)) == ""


def test_a_column_that_is_the_outcome_is_named() -> None:
    assert "'paid' alone nearly gives the outcome away" in warnings(
        world(paid=["si" if yes else "no" for yes in TRUTH])
    )
    amounts = [float(yes) * 300 for yes in TRUTH]
    assert '--drop "amount"' in warnings(world(amount=amounts))


def test_a_column_that_is_only_filled_afterwards_is_named() -> None:
    closed = [float(value) if yes else None for value, yes in zip(NOISE, TRUTH, strict=True)]
    assert "'closed'" in warnings(world(closed=closed))


def test_a_column_far_ahead_of_all_others_is_named() -> None:
    call = [float(yes) * 0.9 + float(noise) * 2 for yes, noise in zip(TRUTH, NOISE, strict=True)]
    assert "'call' alone ranks with AUC" in warnings(world(call=call))


def test_people_on_both_sides_are_named() -> None:
    people = [f"p{place % 200}" for place in range(600)]
    examples = world()
    split = split_at_random(examples)
    assert '--group "customer_id"' in "".join(shared_people({"customer_id": people}, split))
    assert shared_people({"city": people}, split) == []
    assert shared_people({"customer_id": [f"p{place}" for place in range(600)]}, split) == []


def test_doubled_rows_are_counted() -> None:
    examples = world()
    twice = Examples(examples.rows * 2, np.tile(examples.truth, 2), np.arange(1200), np.arange(1200.0))
    sides = Split(np.arange(600), np.arange(600, 1200), 0.0, 0, 0)
    assert "600 of 600 later rows" in "".join(doubled_rows(twice, sides))
    assert doubled_rows(examples, split_at_random(examples)) == []
    coarse = Examples(tuple({"visits": place % 5} for place in range(1200)), twice.truth, twice.people, twice.at)
    assert doubled_rows(coarse, sides) == []
