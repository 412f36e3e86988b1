"""Does the split of people over the arms look like the one that was asked for?

If not, something lost or moved people, and no comparison can be believed (Fabijan et al., "Diagnosing Sample Ratio
Mismatch", KDD 2019). Pearson's chi-square answers for one look. The alarm uses a test that keeps its level however
often one looks: the Dirichlet-multinomial Bayes factor against the asked split is at least 1/a at some time with
probability at most a (Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022). Weights
that change while an experiment runs make phases; the factors of phases multiply, their chi-squares add up.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ALARM = 0.01
CONCENTRATION_PER_ARM = 100.0
"""How strongly the alternative leans towards the asked split, in people: small deviations are found best."""


@dataclass(frozen=True, slots=True)
class Phase:
    """People by arm under one set of weights."""

    people: Mapping[str, int]
    weights: Mapping[str, float]

    def shares(self) -> dict[str, float]:
        """The asked share of each arm, those without weight too, because somebody may have got in by mistake."""
        total = sum(self.weights.values())
        return {arm: self.weights.get(arm, 0.0) / total for arm in sorted({*self.people, *self.weights})}


@dataclass(frozen=True, slots=True)
class Split:
    """People seen and people expected by arm; `p_value` is for a single look, `sequential_p` for any number of them."""

    seen: Mapping[str, int]
    expected: Mapping[str, float]
    p_value: float
    sequential_p: float

    @property
    def alarm(self) -> bool:
        """Whether the split is off. On a sound one this is ever so with a probability of at most 1 %."""
        return self.sequential_p < ALARM


def check_split(phases: Sequence[Phase]) -> Split:
    """Judge all phases together."""
    seen: dict[str, int] = {}
    expected: dict[str, float] = {}
    chi_square, freedom, evidence = 0.0, 0, 0.0
    for phase in phases:
        shares, total = phase.shares(), sum(phase.people.values())
        for arm, share in shares.items():
            seen[arm] = seen.get(arm, 0) + phase.people.get(arm, 0)
            expected[arm] = expected.get(arm, 0.0) + share * total
        chi_square += _chi_square(phase, shares, total)
        freedom += sum(share > 0 for share in shares.values()) - 1
        evidence += log_bayes_factor(phase)
    return Split(seen, expected, _survival(chi_square, freedom), math.exp(-max(evidence, 0.0)))


def log_bayes_factor(phase: Phase) -> float:
    """The log of how much likelier the counts are under unknown shares than under the asked ones."""
    shares = {arm: share for arm, share in phase.shares().items() if share > 0}
    if any(count and arm not in shares for arm, count in phase.people.items()):
        return math.inf
    prior = {arm: CONCENTRATION_PER_ARM * len(shares) * share for arm, share in shares.items()}
    strength, total = sum(prior.values()), sum(phase.people.values())
    factor = math.lgamma(strength) - math.lgamma(strength + total)
    for arm, share in shares.items():
        count = phase.people.get(arm, 0)
        factor += math.lgamma(prior[arm] + count) - math.lgamma(prior[arm]) - count * math.log(share)
    return factor


def _chi_square(phase: Phase, shares: Mapping[str, float], total: int) -> float:
    if not total:
        return 0.0
    return sum(
        (phase.people.get(arm, 0) - share * total) ** 2 / (share * total)
        if share
        else (math.inf if phase.people.get(arm) else 0.0)
        for arm, share in shares.items()
    )


def _survival(chi_square: float, freedom: int) -> float:
    """The chance of a chi-square as large or larger (upper incomplete gamma, by its recurrence in steps of 1)."""
    if freedom < 1 or not math.isfinite(chi_square):
        return 0.0 if math.isinf(chi_square) else 1.0
    half, odd = chi_square / 2, freedom % 2
    if not half:
        return 1.0
    shape, tail = (0.5, math.erfc(math.sqrt(half))) if odd else (1.0, math.exp(-half))
    while shape < freedom / 2:
        tail += math.exp(shape * math.log(half) - half - math.lgamma(shape + 1))
        shape += 1
    return min(tail, 1.0)
