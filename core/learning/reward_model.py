"""The reward model: what a tool is expected to bring in a situation, and how sure that is.

The log-odds of a reward (from 0 to 1) are a sum of two linear parts, fitted together. The baseline tells them from
everything that is known of the decision, whatever is drawn; it takes up that some people buy anyway. Each arm adds a
Bayesian regression over the situation (Thompson sampling with generalised linear models: Chapelle and Li, NeurIPS
2011), so that an arm's worth is what it adds to what is usual for people like this one. All arms share one prior with
mean 0 (a mixed model: Henderson, Biometrics 31, 1975), with one width for each group of columns (all intents, all
objections, ...), chosen by the evidence (MacKay, Neural Computation 4, 1992): what turns out not to matter is shrunk
away. Without data all arms are equal.

The posterior is Laplace's: a few rounds of reweighted least squares (McCullagh and Nelder, Generalized Linear Models,
1989, 2.5), each solved exactly; rewards between 0 and 1 count by their quasi-likelihood (Wedderburn, Biometrika 61,
1974).

The columns are centred before (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 3.4.1), so that
the prior speaks of how an arm does with the usual person, and of what a difference from the usual changes. Without it
the prior speaks of a person about whom every column is 0, whom nobody ever meets, and is wrong about everybody else.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.learning.platt import logistic

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BASELINE_STRENGTH = 1.0
"""Precision, in log-odds, that holds the baseline's weights (but the first column's) near 0."""
LEVEL_STRENGTH = 0.01
"""The same for the first column, which nothing but the data should decide."""
STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Candidates for the prior's strength: precisions, in log-odds."""
DEFAULT_STRENGTH = 1.0
STRENGTH_SPREAD = math.log(16.0)
"""Standard deviation of the log-strength's own prior around the default. Without it a handful of decisions can make the
evidence rule out that tools matter differently to different people, and what is ruled out is never tried again."""
ROUNDS = 5
"""Rounds of reweighting; the strengths are chosen anew in all but the first and the last one."""
FURTHEST = 6.0
"""Log-odds beyond which a decision is not weighed any less; keeps the rounds from running away."""
LEAST_NOISE = 0.01
"""Dispersion of a reward that is always the same; keeps the posterior proper."""


@dataclass(frozen=True, slots=True)
class RewardModel:
    """`baseline` (D,) of all columns, `means` (k, d) and `covariances` (k, d, d) of the first d, dispersion `noise`.

    All are in log-odds, and about the columns as they are, not centred. `strengths` are the prior's, one a group of
    columns, as precisions; `centre` (d,) is the usual situation, around which the prior was set, 0 in the first column.
    """

    baseline: Floats
    means: Floats
    covariances: Floats
    noise: float
    strengths: Floats
    centre: Floats

    def expected(self, inputs: Floats) -> Floats:
        """Expected reward of every arm, shape (n, k), for inputs of shape (n, D)."""
        situation = inputs[:, : self.means.shape[1]]
        return logistic((inputs @ self.baseline)[:, None] + situation @ self.means.T)

    def advantages(self, situation: Floats) -> tuple[Floats, Floats]:
        """Posterior mean and deviation of what each arm adds to the log-odds, both (k,), in a situation (d,)."""
        variances = np.einsum("d,kde,e->k", situation, self.covariances, situation)
        return self.means @ situation, np.sqrt(np.maximum(variances, 0.0))

    def unseen(self, situation: Floats, groups: Integers) -> tuple[float, float]:
        """Mean and standard deviation of an arm that was never drawn: the prior's."""
        unusual = situation - self.centre
        return 0.0, math.sqrt(float((unusual**2 / self.strengths[groups]).sum()) * self.noise)


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
    """What each arm's rows come to, weighted: Z'WZ (k, D, D) and Z'Wy (k, D)."""

    products: Floats
    pulls: Floats


def fit(trials: Trials, groups: Integers, number_of_arms: int) -> RewardModel:
    """Fit to decisions among `number_of_arms` arms. `groups` (d,) numbers the groups of the situation's columns, which
    come first among the inputs'. Without decisions every arm's posterior is the same.

    One sale is the outcome of several decisions about the same person, so the noise is multiplied by the design effect
    of the leads (Kish, Survey Sampling, 1965).
    """
    centre = _centre(trials)
    centred = replace(trials, inputs=trials.inputs - centre)
    strengths = np.full(int(groups.max()) + 1, DEFAULT_STRENGTH)
    raw, noise = np.full(len(trials.rewards), _level(trials.rewards)), 1.0
    baseline = np.zeros(trials.inputs.shape[1])
    for place in range(ROUNDS):
        sums = _summed(centred, raw, number_of_arms)
        if 0 < place < ROUNDS - 1 and len(raw):
            strengths = _swept(_left(sums, baseline, len(groups)), groups, strengths, noise)
        baseline, means, inverses = _solved(sums, strengths[groups])
        raw = centred.inputs @ baseline
        raw += np.einsum("nd,nd->n", centred.inputs[:, : len(groups)], means[trials.arms])
        noise = _noise(trials, raw, _freedom(sums, inverses))
    return _uncentred(RewardModel(baseline, means, noise * inverses, noise, strengths, centre[: len(groups)]), centre)


def _level(rewards: Floats) -> float:
    """Log-odds of the mean reward, with half a success and half a failure added."""
    number, total = len(rewards), float(rewards.sum())
    return math.log((total + 0.5) / (number - total + 0.5))


def _centre(trials: Trials) -> Floats:
    """The mean of each column (D,), but 0 for the first one, which is 1 everywhere."""
    number = len(trials.inputs)
    centre = trials.inputs.mean(axis=0) if number else np.zeros(trials.inputs.shape[1])
    centre[0] = 0.0
    return centre


def _uncentred(model: RewardModel, centre: Floats) -> RewardModel:
    """The same model for columns as they are. As the first one is 1, taking off the centre is a linear map."""
    width = model.means.shape[1]
    shift = np.eye(width)
    shift[:, 0] -= centre[:width]
    baseline = model.baseline.copy()
    baseline[0] -= float(centre @ model.baseline)
    covariances = np.einsum("ed,kef,fg->kdg", shift, model.covariances, shift)
    return replace(model, baseline=baseline, means=model.means @ shift, covariances=covariances)


def _summed(trials: Trials, raw: Floats, number_of_arms: int) -> _Sums:
    """The sums of the least squares whose solution is Newton's next step from the log-odds `raw` (n,)."""
    near = np.clip(raw, -FURTHEST, FURTHEST)
    rates = logistic(near)
    weights = rates * (1.0 - rates)
    wanted = weights * near + trials.rewards - rates

    def rows() -> Iterator[tuple[Floats, Floats]]:
        for arm in range(number_of_arms):
            drawn = trials.arms == arm
            inputs = trials.inputs[drawn]
            yield inputs.T @ (inputs * weights[drawn, None]), inputs.T @ wanted[drawn]

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
    strength[0] = LEVEL_STRENGTH
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


def _noise(trials: Trials, raw: Floats, freedom: float) -> float:
    """How much a reward scatters around the model, as a share of what 0 or 1 would, times the design effect.

    A fit is nearer to its own decisions than the truth is; for each parameter one decision counts as if it were 0 or
    1, so that few decisions do not look surer than they are. Nothing between 0 and 1 can scatter more than that.
    """
    number = len(trials.rewards)
    if not number:
        return 1.0
    rates = logistic(raw)
    left = trials.rewards - rates
    whole = float((rates * (1.0 - rates)).sum())
    share = (float(left @ left) + whole * min(freedom, number) / number) / max(whole, 1e-9)
    return min(max(share, LEAST_NOISE), 1.0) * _design_effect(left, trials.leads)


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
