"""The reward model: what a tool is expected to bring in a situation, and how sure that is.

Two linear parts, fitted together. The baseline predicts the reward from everything that is known of the decision,
whatever is drawn; it takes up that some people buy anyway. Each arm adds a Bayesian linear regression over the
situation (linear Thompson sampling: Agrawal and Goyal, ICML 2013), so that an arm's worth is what it adds to what is
usual for people like this one. All arms share one prior with mean 0 (a mixed model: Henderson, Biometrics 31, 1975),
with one width for each group of columns (all intents, all objections, ...), chosen by the evidence (MacKay, Neural
Computation 4, 1992): what turns out not to matter is shrunk away. Without data all arms are equal.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BASELINE_STRENGTH = 30.0
"""Pseudo-observations that hold the baseline's weights (but the first column's) near 0."""
STRENGTHS = (0.25, 1.0, 4.0, 16.0, 64.0, 256.0)
"""Candidates for the prior's strength, in pseudo-observations."""
DEFAULT_STRENGTH = 4.0
STRENGTH_SPREAD = math.log(16.0)
"""Standard deviation of the log-strength's own prior around the default. Without it a handful of decisions can make the
evidence rule out that tools matter differently to different people, and what is ruled out is never tried again."""
SWEEPS = 2
DEFAULT_NOISE = 0.25
"""Variance of a fair coin; taken before there are decisions."""
LEAST_NOISE = 1e-4
"""Variance of a reward that is always the same; keeps the posterior proper."""


@dataclass(frozen=True, slots=True)
class RewardModel:
    """`baseline` (D,) over all columns; `means` (k, d) and `covariances` (k, d, d) over the first d; `noise` variance.

    `strengths` are the prior's, one a group of columns, in pseudo-observations.
    """

    baseline: Floats
    means: Floats
    covariances: Floats
    noise: float
    strengths: Floats

    def expected(self, inputs: Floats) -> Floats:
        """Expected reward of every arm, shape (n, k), for inputs of shape (n, D)."""
        situation = inputs[:, : self.means.shape[1]]
        return np.asarray((inputs @ self.baseline)[:, None] + situation @ self.means.T)

    def advantages(self, situation: Floats) -> tuple[Floats, Floats]:
        """Posterior mean and standard deviation of what each arm adds, both (k,), in one situation of shape (d,)."""
        variances = np.einsum("d,kde,e->k", situation, self.covariances, situation)
        return self.means @ situation, np.sqrt(np.maximum(variances, 0.0))

    def unseen(self, situation: Floats, groups: Integers) -> tuple[float, float]:
        """Mean and standard deviation of an arm that was never drawn: the prior's."""
        return 0.0, math.sqrt(float((situation**2 / self.strengths[groups]).sum()) * self.noise)


@dataclass(frozen=True, slots=True)
class Trials:
    """n decisions as numbers: inputs (n, D) whose first column is 1, the arms drawn (n,), their rewards (n,).

    `leads` (n,) numbers without gaps who was decided about.
    """

    inputs: Floats
    arms: Integers
    rewards: Floats
    leads: Integers

    def where(self, chosen: NDArray[np.bool_]) -> "Trials":
        """Some of the decisions; `chosen` has shape (n,). The leads are numbered anew."""
        _, leads = np.unique(self.leads[chosen], return_inverse=True)
        return Trials(self.inputs[chosen], self.arms[chosen], self.rewards[chosen], leads)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What each arm's rows come to: Z'Z (k, D, D) and Z'r (k, D)."""

    products: Floats
    pulls: Floats


def fit(trials: Trials, groups: Integers, number_of_arms: int) -> RewardModel:
    """Fit to decisions among `number_of_arms` arms. `groups` (d,) numbers the groups of the situation's columns, which
    come first among the inputs'. Without decisions every arm's posterior is the same.

    One sale is the outcome of several decisions about the same person, so the noise is multiplied by the design effect
    of the leads (Kish, Survey Sampling, 1965).
    """
    sums = _summed(trials, number_of_arms)
    strengths = np.full(int(groups.max()) + 1, DEFAULT_STRENGTH)
    noise = DEFAULT_NOISE
    for _ in range(SWEEPS):
        baseline, means, inverses = _solved(sums, strengths[groups])
        noise = _noise(trials, baseline, means, _freedom(sums, inverses))
        strengths = _swept(_left(sums, baseline, len(groups)), groups, strengths, noise)
    baseline, means, inverses = _solved(sums, strengths[groups])
    noise = _noise(trials, baseline, means, _freedom(sums, inverses))
    return RewardModel(baseline, means, noise * inverses, noise, strengths)


def _summed(trials: Trials, number_of_arms: int) -> _Sums:
    def rows() -> Iterator[tuple[Floats, Floats]]:
        for arm in range(number_of_arms):
            drawn = trials.arms == arm
            inputs = trials.inputs[drawn]
            yield inputs.T @ inputs, inputs.T @ trials.rewards[drawn]

    products, pulls = zip(*rows(), strict=True)
    return _Sums(np.stack(products), np.stack(pulls))


def _solved(sums: _Sums, prior: Floats) -> tuple[Floats, Floats, Floats]:
    """The baseline (D,), the arms' means (k, d), and the inverses (k, d, d) of their precisions without the noise.

    The arms are eliminated first (Schur complement), so that nothing larger than D is ever solved.
    """
    width = len(prior)
    inverses = np.asarray(np.linalg.inv(sums.products[:, :width, :width] + np.diag(prior)), dtype=np.float64)
    crossed = sums.products[:, :width, :]
    shrunk = np.einsum("kde,kef->kdf", inverses, crossed)
    strength = np.full(sums.pulls.shape[1], BASELINE_STRENGTH)
    strength[0] = 1e-6
    left = sums.products.sum(axis=0) + np.diag(strength) - np.einsum("kdf,kdg->fg", crossed, shrunk)
    right = sums.pulls.sum(axis=0) - np.einsum("kdf,kd->f", shrunk, sums.pulls[:, :width])
    baseline = np.linalg.solve(left, right)
    means = np.einsum("kde,ke->kd", inverses, _left(sums, baseline, width).pulls)
    return baseline, means, inverses


def _left(sums: _Sums, baseline: Floats, width: int) -> _Sums:
    """The situation's part of the sums, of what the baseline leaves."""
    pulls = (sums.pulls - sums.products @ baseline)[:, :width]
    return _Sums(sums.products[:, :width, :width], pulls)


def _freedom(sums: _Sums, inverses: Floats) -> float:
    """Effective number of fitted parameters: the baseline's, and the arms' as far as the prior lets them go."""
    width = inverses.shape[1]
    return float(sums.products.shape[1] + np.einsum("kde,ked->", inverses, sums.products[:, :width, :width]))


def _noise(trials: Trials, baseline: Floats, means: Floats, freedom: float) -> float:
    """Variance of a reward around the model, times the design effect.

    A fit is nearer to its own decisions than the truth is; for each parameter one decision counts with the variance of
    the rewards themselves, so that few decisions do not look surer than they are.
    """
    number = len(trials.rewards)
    if not number:
        return DEFAULT_NOISE
    situations = trials.inputs[:, : means.shape[1]]
    left = trials.rewards - trials.inputs @ baseline - np.einsum("nd,nd->n", situations, means[trials.arms])
    whole = (float(trials.rewards.var()) * number + DEFAULT_NOISE) / (number + 1)
    noise = (float(left @ left) + min(freedom, number) * whole) / number
    return max(noise, LEAST_NOISE) * _design_effect(left, trials.leads)


def _design_effect(left: Floats, leads: Integers) -> float:
    """How much wider a mean of `left` scatters than if every decision were about somebody else; at least 1."""
    squares = float(left @ left)
    return max(float((np.bincount(leads, weights=left) ** 2).sum()) / squares, 1.0) if squares > 0 else 1.0


def _swept(sums: _Sums, groups: Integers, strengths: Floats, noise: float) -> Floats:
    """One round of coordinate ascent on the evidence of the strengths, shape (number of groups,)."""
    for group in range(len(strengths)):
        tried = np.repeat(strengths[None], len(STRENGTHS), axis=0)
        tried[:, group] = STRENGTHS
        fits = [_log_evidence(sums, one[groups], noise) + _log_hyperprior(one) for one in tried]
        strengths = tried[int(np.argmax(fits))]
    return strengths


def _log_evidence(sums: _Sums, prior: Floats, noise: float) -> float:
    """Log marginal likelihood of what the baseline leaves, up to what does not depend on the prior."""
    precisions = sums.products + np.diag(prior)
    factors = np.linalg.cholesky(precisions)
    whitened = np.linalg.solve(precisions, sums.pulls[:, :, None])[:, :, 0]
    explained = np.einsum("kd,kd->", sums.pulls, whitened)
    log_determinants = 2.0 * np.log(np.einsum("kdd->kd", factors)).sum()
    return float(0.5 * (len(precisions) * np.log(prior).sum() - log_determinants + explained / noise))


def _log_hyperprior(strengths: Floats) -> float:
    return float(-0.5 * (np.log(strengths / DEFAULT_STRENGTH) ** 2).sum() / STRENGTH_SPREAD**2)
