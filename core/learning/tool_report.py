"""The tools' performance: what a dashboard would say of each, beside what it truly changes.

The naive rate is that of the decisions after which a tool was used. It mixes what the tool does with whom it was used
on: people near buying are shown payment links. The corrected effect compares suggesting the tool with not suggesting it
to the same kind of people, among the decisions in which it was a candidate, by their known probabilities (augmented
inverse propensity weighting: Robins, Rotnitzky and Zhao, JASA 89, 1994). A suggestion is not always followed, so it is
the effect of suggesting, as a randomised trial would find it by intention to treat.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.decisions import NONE, Decision, Reward
from core.learning import offline_policy
from core.learning.offline_policy import Advance, Estimate, Log
from core.learning.overlap import LEAST_LEADS
from core.learning.policy_evaluation import arms_of, as_log
from core.learning.reward_model import Integers
from core.learning.tool_features import GROUPS

Floats = NDArray[np.float64]

LEAST_SUGGESTED = 20
"""Suggestions below which no corrected figure is given."""
ALIKE = 0.05
"""Relative difference of what is to be expected of two groups below which they are called alike."""


@dataclass(frozen=True, slots=True)
class ToolPerformance:
    """One tool in one period. Rates are mean rewards a decision.

    `naive` is the rate after its uses and `otherwise` that of all other decisions; `naive_effect` their difference.
    `corrected` is the rate if it were suggested wherever it may be, `effect` that less the rate if it never were; None
    when the log cannot tell. `expected_used` and `expected_otherwise`: the rate that was to be expected of the people
    before anything was suggested.
    """

    tool: str
    candidate: int
    suggested: int
    used: int
    naive: Estimate | None
    otherwise: float
    corrected: Estimate | None
    effect: Estimate | None
    expected_used: float
    expected_otherwise: float

    @property
    def naive_effect(self) -> float | None:
        """What a dashboard would call the tool's effect."""
        return None if self.naive is None else self.naive.value - self.otherwise

    @property
    def why(self) -> str:
        """A sentence on how the naive and the corrected effect differ."""
        if self.naive_effect is None:
            return "It was not used."
        if self.effect is None:
            return "Suggested too seldom to tell its effect; its naive rate says whom it was used on, not what it did."
        return _why(self, self.naive_effect, self.effect)


def _why(tool: ToolPerformance, naive: float, effect: Estimate) -> str:
    if not effect.excludes(naive):
        verdict = "Both agree within the error"
    else:
        verdict = "The naive rate flatters it" if naive > effect.value else "The naive rate belittles it"
    if effect.excludes(0.0):
        return f"{verdict}: {_who(tool)}. Suggesting it {'helps' if effect.value > 0 else 'harms'}."
    return f"{verdict}: {_who(tool)}. An effect of suggesting it cannot be told from noise."


def _who(tool: ToolPerformance) -> str:
    """On whom it was used, compared with the other decisions."""
    ahead = tool.expected_used - tool.expected_otherwise
    figures = f"{tool.expected_used:.1%} to be expected of them before, against {tool.expected_otherwise:.1%}"
    if abs(ahead) < ALIKE * max(tool.expected_otherwise, 1e-9):
        return f"it was used on people much like the others ({figures})"
    return f"it was used on people who were {'readier' if ahead > 0 else 'less ready'} to begin with ({figures})"


def tool_report(
    decisions: Sequence[Decision], reward: Reward, *, seed: int = 0, advance: Advance = lambda: None
) -> list[ToolPerformance]:
    """Every tool that was a candidate or used, most used first. `advance` is called `offline_policy.FOLDS` times."""
    arms = arms_of([{NONE: 1.0}, *(decision.probabilities for decision in decisions)])
    log = as_log(decisions, arms, reward)
    groups: Integers = np.array(GROUPS, dtype=np.int64)
    predicted = offline_policy.cross_fitted(log, groups, seed, advance)
    used = {tool for decision in decisions for tool in decision.called}
    report = [_performance(tool, decisions, log, arms, predicted) for tool in sorted({*arms, *used} - {NONE})]
    return sorted(report, key=lambda one: (-one.used, -one.suggested, one.tool))


def _performance(
    tool: str, decisions: Sequence[Decision], log: Log, arms: Sequence[str], predicted: Floats
) -> ToolPerformance:
    trials = log.trials
    used = np.array([tool in decision.called for decision in decisions], dtype=bool)
    usual = (log.logged * predicted).sum(axis=1)
    place = arms.index(tool) if tool in arms else None
    suggested = trials.arms == place if place is not None else np.zeros(len(used), dtype=bool)
    corrected, effect = _corrected(log, place, predicted) if place is not None else (None, None)
    return ToolPerformance(
        tool=tool,
        candidate=int((log.logged[:, place] > 0).sum()) if place is not None else 0,
        suggested=int(suggested.sum()),
        used=int(used.sum()),
        naive=offline_policy.clustered_mean(trials.rewards[used], trials.leads[used]) if used.any() else None,
        otherwise=_mean(trials.rewards[~used]),
        corrected=corrected,
        effect=effect,
        expected_used=_mean(usual[used]),
        expected_otherwise=_mean(usual[~used]),
    )


def _corrected(log: Log, place: int, predicted: Floats) -> tuple[Estimate | None, Estimate | None]:
    """The rate if the tool were always suggested where it may be, and that less the rate if it never were."""
    could = (log.logged[:, place] > 0) & ((log.logged > 0).sum(axis=1) > 1)
    part = Log(log.trials.where(could), log.logged[could])
    drawn = part.trials.arms == place
    if drawn.sum() < LEAST_SUGGESTED or len(np.unique(part.trials.leads)) < LEAST_LEADS or drawn.all():
        return None, None
    always = np.zeros_like(part.logged)
    always[:, place] = 1.0
    never = part.logged.copy()
    never[:, place] = 0.0
    never /= never.sum(axis=1, keepdims=True)
    leads, known = part.trials.leads, predicted[could]
    with_it, without = (offline_policy.dr_terms(part, policy, known) for policy in (always, never))
    return offline_policy.clustered_mean(with_it, leads), offline_policy.clustered_mean(with_it - without, leads)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
