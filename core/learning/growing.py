"""Growing trees with scikit-learn, and bringing them into plain arrays. Imported only where a model is trained.

Random forests after Breiman (Machine Learning 45, 2001); boosting after Friedman (Annals of Statistics 29, 2001) on
histograms. What is exported is compared with the library's own answer before it is given out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import PredictorError
from core.learning.platt import log_odds
from core.learning.scores import Numbers
from core.learning.trained import Kind
from core.learning.trees import Trees

SAME = 1e-9
"""How far the exported trees may be from the library's answer, in log-odds."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to grow trees; `options` are scikit-learn's."""

    kind: Kind
    options: Mapping[str, Any]

    def named(self) -> str:
        """The kind with its options, for the report."""
        return f"{self.kind.value} ({', '.join(f'{name}={value}' for name, value in self.options.items())})"


RECIPES = (
    Recipe(Kind.FOREST, {"n_estimators": 200, "min_samples_leaf": 5, "max_leaf_nodes": 128}),
    Recipe(Kind.FOREST, {"n_estimators": 200, "min_samples_leaf": 25, "max_leaf_nodes": 128}),
    Recipe(Kind.BOOSTING, {"max_iter": 60, "learning_rate": 0.05, "max_leaf_nodes": 4, "min_samples_leaf": 20}),
    Recipe(Kind.BOOSTING, {"max_iter": 120, "learning_rate": 0.05, "max_leaf_nodes": 8, "min_samples_leaf": 20}),
    Recipe(Kind.BOOSTING, {"max_iter": 300, "learning_rate": 0.05, "max_leaf_nodes": 16, "min_samples_leaf": 20}),
)
"""What is tried, small to large; cross-validation chooses."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A fitted ensemble of the library."""

    kind: Kind
    fitted: Any

    def raw(self, matrix: Numbers) -> Numbers:
        """The library's own log-odds (rows,) before calibration."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            if self.kind is Kind.FOREST:
                return log_odds(np.asarray(self.fitted.predict_proba(matrix)[:, 1], dtype=np.float64))
            return np.asarray(self.fitted.decision_function(matrix), dtype=np.float64)

    def export(self, check: Numbers) -> tuple[Trees, float]:
        """Trees and starting log-odds, checked on a matrix.

        Raises:
            PredictorError: the arrays answer otherwise than the library, whose inner form must have changed.
        """
        trees, start = _forest(self.fitted) if self.kind is Kind.FOREST else _boosting(self.fitted)
        sums = trees.sums(check)
        ours = log_odds(sums / len(trees.roots)) if self.kind is Kind.FOREST else start + sums
        if len(check) and not np.abs(ours - self.raw(check)).max() <= SAME:
            raise PredictorError("the exported trees answer otherwise than scikit-learn; use the version in uv.lock.")
        return trees, start


def grow(recipe: Recipe, matrix: Numbers, truth: Numbers, seed: int) -> Grown:
    """Fit on a matrix (rows, columns) that may hold nan, and outcomes 0/1 (rows,).

    On one thread: on tables of this size several wait for each other longer than they work.
    """
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        RandomForestClassifier,
    )
    from threadpoolctl import threadpool_limits

    if recipe.kind is Kind.FOREST:
        made = RandomForestClassifier(**recipe.options, random_state=seed, n_jobs=1)
    else:
        made = HistGradientBoostingClassifier(**recipe.options, early_stopping=False, random_state=seed)
    with threadpool_limits(1):
        return Grown(recipe.kind, made.fit(matrix, truth.astype(np.int64)))


def _forest(fitted: Any) -> tuple[Trees, float]:
    parts = []
    for each in fitted.estimators_:
        tree = each.tree_
        leaf = tree.children_left < 0
        votes = tree.value[:, 0, :]
        parts.append(
            _Part(
                leaf=leaf,
                feature=tree.feature,
                threshold=tree.threshold,
                left=tree.children_left,
                right=tree.children_right,
                missing_left=tree.missing_go_to_left,
                value=votes[:, 1] / votes.sum(axis=1),
                depth=int(tree.max_depth),
            )
        )
    return _joined(parts, single=True), 0.0


def _boosting(fitted: Any) -> tuple[Trees, float]:
    parts = []
    for [each] in fitted._predictors:
        nodes = each.nodes
        parts.append(
            _Part(
                leaf=nodes["is_leaf"].astype(bool),
                feature=nodes["feature_idx"],
                threshold=nodes["num_threshold"],
                left=nodes["left"],
                right=nodes["right"],
                missing_left=nodes["missing_go_to_left"],
                value=nodes["value"],
                depth=int(nodes["depth"].max()),
            )
        )
    return _joined(parts, single=False), float(np.ravel(fitted._baseline_prediction)[0])


@dataclass(frozen=True, slots=True)
class _Part:
    """One tree with places counted from its own root."""

    leaf: Any
    feature: Any
    threshold: Any
    left: Any
    right: Any
    missing_left: Any
    value: Any
    depth: int


def _joined(parts: list[_Part], single: bool) -> Trees:
    """All trees in one row of nodes; a leaf leads to itself."""
    sizes = [len(part.leaf) for part in parts]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    own = [start + np.arange(size) for start, size in zip(starts, sizes, strict=True)]
    moved = list(zip(parts, starts, own, strict=True))
    return Trees(
        roots=starts,
        feature=np.concatenate([np.where(part.leaf, 0, part.feature) for part in parts]).astype(np.int64),
        threshold=np.concatenate([np.where(part.leaf, 0.0, part.threshold) for part in parts]).astype(np.float64),
        left=np.concatenate([np.where(part.leaf, own, start + part.left) for part, start, own in moved]).astype(
            np.int64
        ),
        right=np.concatenate([np.where(part.leaf, own, start + part.right) for part, start, own in moved]).astype(
            np.int64
        ),
        missing_left=np.concatenate([part.missing_left for part in parts]).astype(np.bool_),
        value=np.concatenate([np.where(part.leaf, part.value, 0.0) for part in parts]).astype(np.float64),
        depth=max(part.depth for part in parts),
        single=single,
    )
