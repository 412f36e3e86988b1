"""Permutation importance: how much worse the ranking gets when one feature is dealt out to other people at random.

After Breiman (Machine Learning 45, 2001) and Fisher, Rudin and Dominici (JMLR 20, 2019), on people that the model has
not seen. The interval holds both the luck of the deal and the luck of the people: each draw deals anew and draws people
with replacement. A feature whose interval reaches 0 cannot be told from useless.
"""

from dataclasses import dataclass

import numpy as np

from core.learning.scores import Interval, Numbers, auc, weights
from core.learning.splitting import Examples
from core.learning.trained import Model, Trained

DEALS = 20


@dataclass(frozen=True, slots=True)
class Importance:
    """The loss of AUC without a feature."""

    feature: str
    auc: Interval


def importance(trained: Trained, examples: Examples, deals: int = DEALS, seed: int = 0) -> tuple[Importance, ...]:
    """The importance of each feature, the greatest first; none for a base rate."""
    if trained.model is None:
        return ()
    matrix = trained.model.encoding.matrix(examples.rows)
    found = [
        Importance(name, _loss(trained.model, examples, matrix, name, deals=deals, seed=seed))
        for name in trained.model.encoding.features
    ]
    return tuple(sorted(found, key=lambda each: -each.auc.value))


def _loss(model: Model, examples: Examples, matrix: Numbers, feature: str, *, deals: int, seed: int) -> Interval:
    rng = np.random.default_rng(seed)
    columns = model.encoding.columns_of(feature)
    before = model.raw(matrix)
    whole, drawn = [], []
    for draw in weights(examples.people, deals * 5, seed).reshape(deals, 5, -1):
        dealt = matrix.copy()
        dealt[:, columns] = matrix[rng.permutation(len(matrix))][:, columns]
        after = model.raw(dealt)
        whole.append(auc(examples.truth, before) - auc(examples.truth, after))
        for each in draw:
            weight = each[examples.people]
            drawn.append(auc(examples.truth, before, weight) - auc(examples.truth, after, weight))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Interval(float(np.mean(whole)), float(low), float(high))
