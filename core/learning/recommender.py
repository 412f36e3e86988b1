"""The recommender: which tool worked for people like this one, learned from the log of decisions.

A contextual bandit, Thompson sampling on a logistic model. It is fitted anew from all decisions of people who allow it,
so that an erasure or a tick taken back is out of it with the next version, and nothing of a person is in what is
stored. For a decision it computes how probable it is that each candidate is the best one here, and leans by that: k
candidates that are equally likely to be the best, as without data, all get 1. The lean is a known number before the
draw, so that the draw's probabilities stay exact.

The posterior's deviations are narrowed for the draw (`BOLDNESS`), which Chapelle and Li (NeurIPS 2011) found to lower
regret; the floor of the draw explores as well.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.decisions import NONE, Decision, Reward
from core.errors import RecommenderError
from core.learning.leaning import Leans
from core.learning.predictor import Features
from core.learning.reward_model import Integers, RewardModel, Trials, fit
from core.learning.thompson import chances_of_best
from core.learning.tool_features import COLUMNS, GROUPS, SITUATION, encode, encode_situation

Floats = NDArray[np.float64]

BOLDNESS = 0.5
"""Factor of the posterior's standard deviations in the draw."""
LEAST_LEAN = 1e-3
"""No candidate is leaned out of the draw, whatever was learned."""
DIGITS = 9
"""Significant digits of a stored number."""


@dataclass(frozen=True, slots=True)
class LogisticThompson:
    """`arms` are the candidates that were ever drawn, in the order of the model's; others are taken for unknown."""

    version: str
    arms: tuple[str, ...]
    model: RewardModel

    def chances(self, features: Features, candidates: Sequence[str]) -> dict[str, float]:
        """For each candidate the posterior probability that it is the best of them here; they sum to 1."""
        situation = encode_situation(features)
        means, deviations = self.model.advantages(situation)
        known = dict(zip(self.arms, zip(means, deviations, strict=True), strict=True))
        unknown = self.model.unseen(situation, _GROUPS)
        beliefs = np.array([known.get(candidate, unknown) for candidate in candidates])
        best = chances_of_best(beliefs[:, 0], BOLDNESS * beliefs[:, 1])
        return {candidate: float(chance) for candidate, chance in zip(candidates, best, strict=True)}

    def leans(self, features: Features, candidates: Sequence[str]) -> Leans:
        """How many times likelier than by chance each candidate is the best one; at least `LEAST_LEAN`."""
        if len(candidates) < 2:
            return dict.fromkeys(candidates, 1.0)
        chances = self.chances(features, candidates)
        return {name: max(round(len(candidates) * chance, 6), LEAST_LEAN) for name, chance in chances.items()}

    def as_data(self) -> dict[str, Any]:
        """Plain JSON values, from which `from_data` makes the same again up to `DIGITS` digits."""
        model = self.model
        upper = np.triu_indices(len(SITUATION))
        return {
            "kind": "logistic thompson",
            "columns": list(COLUMNS),
            "noise": model.noise,
            "strengths": _plain(model.strengths),
            "baseline": _plain(model.baseline),
            "centre": _plain(model.centre),
            "arms": {
                arm: {"mean": _plain(mean), "covariance": _plain(covariance[upper])}
                for arm, mean, covariance in zip(self.arms, model.means, model.covariances, strict=True)
            },
        }


_GROUPS: Integers = np.array(GROUPS, dtype=np.int64)
_UNCENTRED = (0.0,) * len(SITUATION)
"""Around this were the priors of versions that have no centre."""


def learn(decisions: Sequence[Decision], reward: Reward, version: str = "") -> LogisticThompson:
    """Fit a recommender. Decisions without a choice teach nothing and are left out; without any, it is neutral."""
    open_ones = [decision for decision in decisions if len(decision.probabilities) > 1]
    arms = tuple(sorted({decision.drawn for decision in open_ones} | {NONE}))
    places = {arm: place for place, arm in enumerate(arms)}
    trials = Trials(
        inputs=encode([decision.features for decision in open_ones]),
        arms=np.array([places[decision.drawn] for decision in open_ones], dtype=np.int64),
        rewards=np.array([reward.of(decision) for decision in open_ones], dtype=np.float64),
        leads=numbered([decision.lead for decision in open_ones]),
    )
    return LogisticThompson(version, arms, fit(trials, _GROUPS, len(arms)))


def numbered(names: Sequence[Hashable]) -> Integers:
    """Each name's place among the distinct ones, in the order in which they come; shape (n,)."""
    places: dict[Hashable, int] = {}
    return np.array([places.setdefault(name, len(places)) for name in names], dtype=np.int64)


def from_data(data: Mapping[str, Any], version: str) -> LogisticThompson:
    """Read a stored posterior.

    Raises:
        RecommenderError: it was made by another version of the program, or is damaged; says what differs.
    """
    if list(data.get("columns", ())) != list(COLUMNS):
        raise RecommenderError(f"recommender {version}: its columns are not this program's; learn a new one.")
    try:
        arms = tuple(data["arms"])
        model = RewardModel(
            baseline=_vector(data["baseline"], len(COLUMNS)),
            means=np.stack([_vector(data["arms"][arm]["mean"], len(SITUATION)) for arm in arms]),
            covariances=np.stack([_symmetric(data["arms"][arm]["covariance"]) for arm in arms]),
            noise=float(data["noise"]),
            strengths=_vector(data["strengths"], max(GROUPS) + 1),
            centre=_vector(data.get("centre", _UNCENTRED), len(SITUATION)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecommenderError(f"recommender {version}: damaged ({error!r}); learn a new one.") from None
    return LogisticThompson(version, arms, model)


def _plain(values: Floats) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def _vector(values: Any, length: int) -> Floats:
    vector = np.array(values, dtype=np.float64)
    if vector.shape != (length,) or not np.isfinite(vector).all():
        raise ValueError(f"{length} finite numbers wanted")
    return vector


def _symmetric(values: Any) -> Floats:
    upper = np.triu_indices(len(SITUATION))
    matrix = np.zeros((len(SITUATION), len(SITUATION)))
    matrix[upper] = _vector(values, len(upper[0]))
    return matrix + np.triu(matrix, 1).T
