"""The smallest difference that a suite would find in four of five comparisons: what it is too small to see.

Two limits, of which the greater one counts. The first is noise: a scenario's plays differ among themselves by s², a
paired difference of two runs of n plays each by 2 s²/n, and t(97.5 %) + t(80 %) of its standard errors are found in
80 % of comparisons (Student's t, as in the interval; one pair more for the steps of the exact test). It takes an edit
to move all scenarios alike, and is a best case. The second is counting: however
quiet a suite is, six conversations must flip before McNemar's test believes any, so that the rate of flips must be one
that brings six in 80 % of comparisons.

Source: Miller, Adding Error Bars to Evals, arXiv 2411.00640 (2024), section 5, for the first; for the second, the
binomial distribution of flips.
"""

from collections.abc import Sequence

from scipy.optimize import brentq
from scipy.stats import binom
from scipy.stats import t as student

from evals.statistics.flips import fewest_flips

POWER = 0.8


def detectable(plays: Sequence[tuple[int, int]], clusters: int) -> float | None:
    """The minimum detectable effect of a suite whose scenarios were passed (c of n) times, with intervals of so many
    clusters; None of an empty suite.

    A share of conversations, 0 to 1. 1 means that nothing short of a total change would be found.
    """
    played = [(passed, count) for passed, count in plays if count]
    if not played:
        return None
    return detected(_noise(played), sum(count for _, count in played), clusters)


def detected(error: float, pairs: int, clusters: int) -> float:
    """The same of a comparison that was made: its clustered standard error is known, and so are its pairs."""
    if clusters < 2:
        return 1.0
    reach = float(student.ppf(0.975, clusters - 1) + student.ppf(POWER, clusters - 1))
    return min(1.0, max(reach * error + 1 / pairs, by_counting(pairs)))


def by_counting(pairs: int) -> float:
    """The rate of flips that brings enough of them in 80 % of comparisons of so many pairs; 1 when none does."""
    least = fewest_flips()
    if pairs <= least:
        return 1.0
    return float(brentq(lambda rate: binom.sf(least - 1, pairs, rate) - POWER, 0.0, 1.0))


def _noise(played: Sequence[tuple[int, int]]) -> float:
    """The standard error of the difference that chance alone makes between two such runs."""
    pooled = sum(passed for passed, _ in played) / sum(count for _, count in played)
    total = sum(2 * _variance(passed, count, pooled) / count for passed, count in played)
    return float(total**0.5) / len(played)


def _variance(passed: int, count: int, pooled: float) -> float:
    """Of one play: unbiased from a scenario's own plays, from the suite's rate when there is only one."""
    if count < 2:
        return pooled * (1 - pooled)
    rate = passed / count
    return rate * (1 - rate) * count / (count - 1)
