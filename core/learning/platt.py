"""Calibration by a logistic curve over the log-odds: two numbers, which cannot overfit what trees get wrong.

After Platt (Advances in Large Margin Classifiers, 1999), with his smoothed targets, and the Newton steps of Lin, Lin
and Weng (Machine Learning 68, 2007). A model without any signal gets slope 0 and thereby the base rate.
"""

from dataclasses import dataclass

import numpy as np

from core.learning.scores import Numbers

_STEPS = 50
_RIDGE = 1e-9
_FURTHEST = 12.0
"""Log-odds are cut at this distance from even: a forest's unanimous vote is strong evidence, not certainty."""


@dataclass(frozen=True, slots=True)
class Curve:
    """chance = 1 / (1 + exp(-(slope * log-odds + shift)))."""

    slope: float
    shift: float

    def chances(self, raw: Numbers) -> Numbers:
        """Calibrated chances (n,) of raw log-odds (n,)."""
        return logistic(self.slope * np.clip(raw, -_FURTHEST, _FURTHEST) + self.shift)


def logistic(log_odds: Numbers) -> Numbers:
    """Chances of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -700, 700))))


def log_odds(chances: Numbers) -> Numbers:
    """Log-odds of chances, cut where they would be infinite."""
    least = 1.0 / (1.0 + np.exp(_FURTHEST))
    sure = np.clip(chances, least, 1 - least)
    return np.asarray(np.log(sure) - np.log1p(-sure))


def fit_curve(raw: Numbers, truth: Numbers) -> Curve:
    """The curve of greatest likelihood over raw log-odds (n,) of outcomes 0/1 (n,). The slope is never negative:
    a ranking that is upside down on unseen people is noise."""
    yes, no = truth.sum(), len(truth) - truth.sum()
    target = np.where(truth > 0.5, (yes + 1) / (yes + 2), 1 / (no + 2))
    inputs = np.column_stack([np.clip(raw, -_FURTHEST, _FURTHEST), np.ones(len(raw))])
    found = _newton(inputs, target, np.array([0.0, float(log_odds(np.array([target.mean()]))[0])]))
    if found[0] < 0:
        return Curve(0.0, float(log_odds(np.array([target.mean()]))[0]))
    return Curve(float(found[0]), float(found[1]))


def _newton(inputs: Numbers, target: Numbers, start: Numbers) -> Numbers:
    found, reached = start, _cost(inputs, target, start)
    for _ in range(_STEPS):
        chance = logistic(inputs @ found)
        slope = inputs.T @ (chance - target)
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + _RIDGE * np.eye(inputs.shape[1])
        step, share = np.linalg.solve(bend, slope), 1.0
        while share > 1e-6 and _cost(inputs, target, found - share * step) > reached:
            share /= 2
        found = found - share * step
        now = _cost(inputs, target, found)
        if reached - now < 1e-12 * len(target):
            break
        reached = now
    return found


def _cost(inputs: Numbers, target: Numbers, place: Numbers) -> float:
    raw = inputs @ place
    return float((np.logaddexp(0, raw) - target * raw).sum())
