"""A mean over scenarios with an interval that knows that the scenarios of one persona are alike.

Whole clusters are drawn with replacement (10,000 times, from a seed that is fixed: the same run has the same interval),
and the middle 95 % of the means is the interval. With few clusters that interval is too short, so it is widened to the
one of the clustered standard error with Student's t of as many degrees of freedom as there are clusters less one.
Fewer than six clusters say nothing of how clusters differ: then each value stands for itself, and the interval is one
for these personas alone. Where every value is the same, neither can tell how sure that is; the caller bounds that by
the rule of three.

Sources: Field and Welsh, JRSS B 69 (2007), for the cluster bootstrap; Cameron and Miller, Journal of Human Resources 50
(2015), for few clusters and the correction G/(G-1); Miller, arXiv 2411.00640 (2024), for both in evaluations of models.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

DRAWS = 10_000
SEED = 20_261_116
LEVEL = 0.95
FEWEST = 6
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean of `size` values, with its 95 % interval and its standard error; `clusters` are what was drawn from.

    `se` is None, and the interval holds only the value, when there is a single value: that tells of nothing else.
    """

    value: float
    low: float
    high: float
    se: float | None
    size: int
    clusters: int

    def holds(self, value: float) -> bool:
        """Whether the interval leaves this value standing."""
        return self.low <= value <= self.high


def estimate(values: Sequence[float], clusters: Sequence[Hashable], draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """The mean of `values` (n,), each of which belongs to the cluster beside it (n,).

    Raises:
        ValueError: there is no value, or not one cluster a value.
    """
    if not values or len(values) != len(clusters):
        raise ValueError(f"{len(values)} values need as many clusters, not {len(clusters)}")
    given = np.asarray(values, dtype=np.float64)
    names = list(clusters) if len(set(clusters)) >= FEWEST else list(range(len(given)))
    sums, sizes = _by_cluster(given, names)
    mean = float(sums.sum() / sizes.sum())
    if len(sums) < 2:
        return Estimate(mean, mean, mean, None, len(given), 1)
    error = _error(sums, sizes, mean)
    low, high = np.quantile(_means(sums, sizes, draws, seed), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    reach = float(student.ppf((1 + LEVEL) / 2, len(sums) - 1)) * error
    return Estimate(mean, min(float(low), mean - reach), max(float(high), mean + reach), error, len(given), len(sums))


def _by_cluster(values: Floats, names: Sequence[Hashable]) -> tuple[Floats, Floats]:
    """Each cluster's sum and size (g,), in the order in which clusters come."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    index = np.array([numbers[name] for name in names])
    return np.bincount(index, values).astype(np.float64), np.bincount(index).astype(np.float64)


def _error(sums: Floats, sizes: Floats, mean: float) -> float:
    """The clustered standard error of a mean, corrected for few clusters."""
    count = len(sums)
    residuals = sums - mean * sizes
    return float(np.sqrt((residuals**2).sum() * count / (count - 1)) / sizes.sum())


def _means(sums: Floats, sizes: Floats, draws: int, seed: int) -> Floats:
    """The means of so many draws: how often each cluster was drawn is all that counts (draws, g)."""
    rng, count = np.random.default_rng(seed), len(sums)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    means: Floats = (drawn @ sums) / (drawn @ sizes)
    return means
