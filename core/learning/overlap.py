"""Overlap: whether a log can tell at all what a candidate policy would have earned.

What the candidate would do must have been done now and then. Three things can be missing: the candidate suggests what
the log never drew (no weight can make up for that), it suggests so differently that few decisions carry all the weight
(Kish's effective sample size), or the recorded probabilities cannot be those from which was drawn: the weights' mean is
1 up to chance if they are (Li et al., WWW 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.offline_policy import Log, clustered_mean

Floats = NDArray[np.float64]

LEAST_LEADS = 30
LEAST_EFFECTIVE = 100.0
MOST_UNSEEN = 0.01
"""Share of the candidate's draws that may fall on what the log never drew; it widens the interval to both sides."""
MOST_ASTRAY = 4.0
"""Standard errors by which the weights' mean may differ from 1."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How well a log covers a candidate.

    `choices`: the decisions in which more than one thing could be drawn; `effective` (decisions, Kish) and `largest`
    (the share of all weight that one lead carries) are of those. `unseen`: the candidate's mean probability of what was
    no candidate when it was logged, and by arm in `unseen_arms`, largest first. `astray`: how many standard errors the
    mean weight is from 1.
    """

    decisions: int
    choices: int
    leads: int
    effective: float
    largest: float
    highest_weight: float
    mean_weight: float
    astray: float
    unseen: float
    unseen_arms: tuple[tuple[str, float], ...]


def overlap(log: Log, candidate: Floats, arms: Sequence[str]) -> Overlap:
    """Diagnose a candidate's probabilities (n, k) against a log of n decisions among `arms`."""
    choice = (log.logged > 0).sum(axis=1) > 1
    weights = log.weights(candidate)
    chosen, leads = weights[choice], log.trials.leads[choice]
    total, squares = float(chosen.sum()), float(chosen @ chosen)
    unseen = np.where(log.logged > 0, 0.0, candidate).mean(axis=0) if len(candidate) else np.zeros(len(arms))
    mean = clustered_mean(weights + np.where(log.logged > 0, 0.0, candidate).sum(axis=1), log.trials.leads)
    by_arm = sorted(
        ((arm, float(mass)) for arm, mass in zip(arms, unseen, strict=True) if mass > 0), key=lambda a: -a[1]
    )
    return Overlap(
        decisions=len(weights),
        choices=int(choice.sum()),
        leads=len(np.unique(leads)),
        effective=total**2 / squares if squares > 0 else 0.0,
        largest=float(np.bincount(leads, weights=chosen).max()) / total if total > 0 else 0.0,
        highest_weight=float(weights.max()) if len(weights) else 0.0,
        mean_weight=float(weights.mean()) if len(weights) else 0.0,
        astray=abs(mean.value - 1.0) / mean.error if mean.error > 1e-9 else 0.0,
        unseen=float(unseen.sum()),
        unseen_arms=tuple(by_arm),
    )


def objections(found: Overlap, least_effective: float = LEAST_EFFECTIVE) -> list[str]:
    """Why the log cannot tell, each reason as a sentence; none if it can."""
    reasons = []
    if found.leads < LEAST_LEADS:
        reasons.append(
            f"Only {found.leads} people with decisions in which there was a choice; at least {LEAST_LEADS} are needed."
        )
    if found.unseen > MOST_UNSEEN:
        named = ", ".join(f"{arm} ({mass:.1%})" for arm, mass in found.unseen_arms[:5])
        reasons.append(
            f"The candidate would make {found.unseen:.1%} of its suggestions where the log never drew them: {named}. "
            "Nobody knows what they bring there; give them a weight in the live policy first."
        )
    if found.choices and found.effective < least_effective:
        reasons.append(
            f"The candidate differs too much from what was drawn: {found.choices} decisions count like "
            f"{found.effective:.0f}, and {least_effective:.0f} are needed. Take a longer time or a nearer candidate."
        )
    if found.astray > MOST_ASTRAY:
        reasons.append(
            f"The recorded probabilities cannot be those that were drawn from: the mean weight is "
            f"{found.mean_weight:.3f} and not 1 ({found.astray:.1f} standard errors away)."
        )
    return reasons
