"""Permutation importance: all to the feature that decides, nothing to the one that is not asked."""

import numpy as np
import pytest

from core.learning.encoding import Encoding
from core.learning.importance import importance
from core.learning.platt import Curve
from core.learning.splitting import Examples
from core.learning.trained import Kind, Model, Trained
from core.learning.trees import read_trees
from tests.unit.test_trees import STUMP


def world() -> Examples:
    rng = np.random.default_rng(0)
    asked = rng.random(400)
    rows = tuple({"asked": float(value), "other": float(rng.random())} for value in asked)
    return Examples(rows, (asked > 0.5).astype(float), np.arange(400), np.arange(400.0))


def test_the_deciding_feature_is_worth_the_whole_ranking() -> None:
    model = Model(Kind.BOOSTING, Encoding(("asked", "other"), {}), read_trees(STUMP, 2), 0.0, Curve(1.0, 0.0))
    first, second = importance(Trained(0.5, model), world(), deals=10)
    assert first.feature == "asked"
    assert first.auc.value == pytest.approx(0.5, abs=0.05)
    assert first.auc.low > 0.3
    assert (second.feature, second.auc.value, second.auc.low, second.auc.high) == ("other", 0, 0, 0)


def test_a_base_rate_has_no_importances() -> None:
    assert importance(Trained(0.2), world()) == ()
