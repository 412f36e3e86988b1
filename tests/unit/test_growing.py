"""Growing trees: what is exported answers as scikit-learn does, on every recipe, and survives its storage."""

import dataclasses
import json

import numpy as np
import pytest

from core.errors import PredictorError
from core.learning.growing import RECIPES, Grown, Recipe, grow
from core.learning.platt import log_odds, logistic
from core.learning.scores import Numbers
from core.learning.trained import Kind
from core.learning.trees import read_trees


def world(rows: int, seed: int) -> tuple[Numbers, Numbers]:
    """Numbers on a grid (so that many lie on a threshold), small and huge ones, and gaps."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack(
        [rng.integers(0, 6, rows), rng.normal(0, 1e-7, rows), rng.normal(0, 1e9, rows), rng.random(rows)]
    ).astype(np.float64)
    truth = (matrix[:, 0] + 3 * matrix[:, 3] + rng.normal(0, 1, rows) > 4).astype(np.float64)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return matrix, truth


@pytest.mark.parametrize("recipe", RECIPES, ids=Recipe.named)
def test_plain_arrays_answer_as_the_library(recipe: Recipe) -> None:
    matrix, truth = world(400, 1)
    unseen = world(1500, 2)[0]
    grown: Grown = grow(recipe, matrix, truth, seed=0)
    trees, start = grown.export(matrix)
    again = read_trees(json.loads(json.dumps(trees.as_data())), 4)
    for given in (matrix, unseen, unseen[:1]):
        expected = grown.fitted.predict_proba(given)[:, 1]
        sums = again.sums(given)
        if recipe.kind is Kind.FOREST:
            np.testing.assert_allclose(sums / len(again.roots), expected, rtol=0, atol=1e-9)
            np.testing.assert_allclose(log_odds(sums / len(again.roots)), grown.raw(given), rtol=0, atol=1e-9)
        else:
            np.testing.assert_allclose(logistic(start + sums), expected, rtol=0, atol=1e-9)
            np.testing.assert_allclose(start + sums, grown.raw(given), rtol=0, atol=1e-9)


def test_an_export_that_answers_otherwise_is_refused() -> None:
    matrix, truth = world(200, 3)
    boosted, forest = (grow(recipe, matrix, truth, seed=0) for recipe in (RECIPES[2], RECIPES[1]))
    mislabelled = dataclasses.replace(boosted, fitted=_Other(boosted, forest))
    with pytest.raises(PredictorError, match="answer otherwise"):
        mislabelled.export(matrix)


class _Other:
    """A library whose inner form is not what it answers with."""

    def __init__(self, inner: Grown, answers: Grown) -> None:
        self._predictors, self._baseline_prediction = inner.fitted._predictors, inner.fitted._baseline_prediction
        self._answers = answers

    def decision_function(self, matrix: Numbers) -> Numbers:
        return self._answers.raw(matrix)
