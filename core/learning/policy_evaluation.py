"""The evaluation of one candidate policy on a period's decisions: the overlap first, then the four estimators.

Where the candidate suggests what the log never drew, nothing is known; as rewards lie between 0 and 1, the interval is
widened by that share to both sides. If the share is large, or the log cannot tell for another reason, no figure is
given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.domain.decisions import Decision, Reward
from core.learning import offline_policy
from core.learning.offline_policy import Advance, Estimate, Log
from core.learning.overlap import LEAST_EFFECTIVE, Overlap, objections, overlap
from core.learning.recommender import numbered
from core.learning.reward_model import Integers, Trials
from core.learning.tool_features import GROUPS, encode

Floats = NDArray[np.float64]

Probabilities = Callable[[Decision], Mapping[str, float]]
"""What a candidate would have drawn from in a logged decision; sums to 1."""

STEPS = offline_policy.FOLDS + offline_policy.RESAMPLES
"""How often `advance` is called in an evaluation that is not refused."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a candidate would have earned a decision, beside what was earned.

    `refusals`: why the log cannot tell; then the estimates are empty. `estimates` by the name of the estimator, of
    which "DR" is the one to read, and `gain` its difference to what was earned.
    """

    overlap: Overlap
    refusals: tuple[str, ...] = ()
    earned: Estimate | None = None
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    gain: Estimate | None = None

    @property
    def verdict(self) -> str:
        """One of "refused", "better", "worse", "cannot be told from noise"."""
        if self.refusals or self.gain is None:
            return "refused"
        if not self.gain.excludes(0.0):
            return "cannot be told from noise"
        return "better" if self.gain.value > 0 else "worse"


def evaluate(
    decisions: Sequence[Decision],
    candidate: Probabilities,
    reward: Reward,
    *,
    least_effective: float = LEAST_EFFECTIVE,
    seed: int = 0,
    advance: Advance = lambda: None,
) -> Evaluation:
    """Judge a candidate on decisions; the same seed gives the same figures."""
    wanted = [candidate(decision) for decision in decisions]
    arms = arms_of([*(decision.probabilities for decision in decisions), *wanted])
    log, probabilities = as_log(decisions, arms, reward), table_of(wanted, arms)
    found = overlap(log, probabilities, arms)
    if reasons := objections(found, least_effective):
        return Evaluation(found, tuple(reasons))
    return _estimated(log, probabilities, found, seed, advance)


def _estimated(log: Log, probabilities: Floats, found: Overlap, seed: int, advance: Advance) -> Evaluation:
    groups: Integers = np.array(GROUPS, dtype=np.int64)
    predicted = offline_policy.cross_fitted(log, groups, seed, advance)
    spread = offline_policy.dm_spread(log, probabilities, groups, seed, advance)
    estimates = {
        "IPS": offline_policy.ips(log, probabilities),
        "SNIPS": offline_policy.snips(log, probabilities),
        "DM": offline_policy.dm(probabilities, predicted, log.trials.leads, spread),
        "DR": offline_policy.dr(log, probabilities, predicted),
    }
    return Evaluation(
        overlap=found,
        earned=offline_policy.on_policy(log),
        estimates={name: _widened(estimate, found.unseen) for name, estimate in estimates.items()},
        gain=_widened(offline_policy.dr_gain(log, probabilities, predicted), found.unseen),
    )


def _widened(estimate: Estimate, unseen: float) -> Estimate:
    return replace(estimate, low=estimate.low - unseen, high=estimate.high + unseen)


def arms_of(drawn_from: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """Every candidate of any draw, in a fixed order."""
    return tuple(sorted({name for probabilities in drawn_from for name in probabilities}))


def table_of(rows: Sequence[Mapping[str, float]], arms: Sequence[str]) -> Floats:
    """Probabilities as an array of shape (n, k); 0 for what was no candidate."""
    return np.array([[row.get(arm, 0.0) for arm in arms] for row in rows]).reshape(len(rows), len(arms))


def as_log(decisions: Sequence[Decision], arms: Sequence[str], reward: Reward) -> Log:
    """Decisions as arrays. Every decision's candidates must be among `arms`."""
    places = {arm: place for place, arm in enumerate(arms)}
    trials = Trials(
        inputs=encode([decision.features for decision in decisions]),
        arms=np.array([places[decision.drawn] for decision in decisions], dtype=np.int64),
        rewards=np.array([reward.of(decision) for decision in decisions], dtype=np.float64),
        leads=numbered([decision.lead for decision in decisions]),
    )
    return Log(trials, table_of([decision.probabilities for decision in decisions], arms))
