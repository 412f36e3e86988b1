"""Other looks at how honest chances are, beside the calibration error that is judged (`core.learning.scores`).

A calibration error over bins is never 0, even of exact chances: each bin's rate scatters, and the distance counts the
scatter as a fault. Bins of equal size spread the scatter evenly (Nguyen and O'Connor, EMNLP 2015); taking the expected
scatter off the squared distance leaves what is the chances' own fault (Kumar, Liang and Ma, NeurIPS 2019; Ferro and
Fricker, QJRMS 138, 2012). The slope and shift of the outcome over the promised log-odds need no bins: 1 and 0 if all is
well (Cox, Biometrika 45, 1958).
"""

from collections.abc import Iterator

import numpy as np

from core.learning.platt import Curve, fit_curve, log_odds
from core.learning.scores import BINS, Codes, Numbers


def equal_mass_error(truth: Numbers, chances: Numbers, bins: int = BINS) -> float:
    """The mean distance between promised and observed rates over bins of as many decisions each."""
    return float(sum(abs((chances[each] - truth[each]).sum()) for each in _bins(chances, bins)) / len(truth))


def debiased_error(truth: Numbers, chances: Numbers, bins: int = BINS) -> float:
    """The root mean squared distance over bins of equal size, without what chance alone makes of it.

    Negative where the rates lie even nearer than chance lets them: the root of the size, with the sign.
    """
    squares = 0.0
    for each in _bins(chances, bins):
        rate, size = float(truth[each].mean()), len(each)
        squares += size * ((float(chances[each].mean()) - rate) ** 2 - rate * (1 - rate) / (size - 1))
    squares /= len(truth)
    return float(np.sign(squares) * np.sqrt(abs(squares)))


def recalibration(truth: Numbers, chances: Numbers) -> Curve:
    """The curve that would mend the chances: slope 1 and shift 0 say that nothing is to be mended."""
    return fit_curve(log_odds(chances), truth)


def _bins(chances: Numbers, bins: int) -> Iterator[Codes]:
    """Places, from the least chance to the greatest; at least two in each bin."""
    parts = np.array_split(np.argsort(chances, kind="stable"), max(min(bins, len(chances) // 2), 1))
    return (np.asarray(each, dtype=np.int64) for each in parts)
