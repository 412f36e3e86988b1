"""Two runs of the same scenarios and seeds: what changed, and whether it can be told from noise.

Conversations are paired by scenario and seed. A scenario's value is the mean difference of its pairs, the suite's is
the mean over scenarios with an interval clustered by persona. An effect is believed when that interval excludes zero
and McNemar's exact test of the flips agrees: the first knows that people and seeds are alike and trusts few flips too
much, the second is exact however few there are and takes each conversation for itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.record import Conversation
from evals.statistics.clustered import Estimate, estimate
from evals.statistics.detecting import detected
from evals.statistics.flips import LEVEL, mcnemar

Pair = tuple[Conversation, Conversation]


class Finding(StrEnum):
    """What a comparison says."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "cannot be told from noise"


@dataclass(frozen=True, slots=True)
class Difference:
    """The second run against the first, over the pairs of one suite or of all. Shares from -1 to 1.

    `detectable` is the smallest difference that a comparison as noisy as this one would find in four of five cases.
    """

    name: str
    pairs: int
    scenarios: int
    before: float
    after: float
    change: Estimate
    gained: int
    lost: int
    p_value: float
    detectable: float

    @property
    def finding(self) -> Finding:
        """Better or worse only if both the interval and the test of the flips say so."""
        if self.change.holds(0.0) or self.p_value > LEVEL:
            return Finding.NOISE
        return Finding.BETTER if self.change.value > 0 else Finding.WORSE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything, each suite, and the pairs that flipped, losses first.

    `hits` are all conversations of the second run that hit a gate, paired or not; `new_hits`, those of them that did
    not in the first. `void` pairs were spoilt by the prospect in one run or both, and are in no other figure.
    """

    whole: Difference
    suites: tuple[Difference, ...]
    flipped: tuple[Pair, ...]
    hits: tuple[Conversation, ...]
    new_hits: tuple[Conversation, ...]
    void: int


def paired(before: Iterable[Conversation], after: Iterable[Conversation]) -> Comparison | None:
    """The comparison over the conversations that both have; None when they have none that proves anything."""
    known = {(one.scenario, one.seed): one for one in before}
    second = list(after)
    pairs = [(known[key], one) for one in second if (key := (one.scenario, one.seed)) in known]
    counted = [pair for pair in pairs if not (pair[0].void or pair[1].void)]
    if not counted:
        return None
    by_suite: dict[str, list[Pair]] = defaultdict(list)
    for pair in counted:
        by_suite[pair[1].suite].append(pair)
    flipped = sorted((pair for pair in counted if pair[0].passed != pair[1].passed), key=_losses_first)
    old_hits = {key for key, one in known.items() if one.gate_fell}
    hits = tuple(one for one in second if one.gate_fell)
    return Comparison(
        whole=difference("all", counted),
        suites=tuple(difference(name, group) for name, group in sorted(by_suite.items())),
        flipped=tuple(flipped),
        hits=hits,
        new_hits=tuple(one for one in hits if (one.scenario, one.seed) not in old_hits),
        void=len(pairs) - len(counted),
    )


def difference(name: str, pairs: Sequence[Pair]) -> Difference:
    """Of pairs that all prove something, of which there is at least one."""
    by_scenario: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_scenario[pair[0].scenario].append(pair)
    groups = list(by_scenario.values())
    rates = [(_rate(group, 0), _rate(group, 1)) for group in groups]
    change = estimate([after - before for before, after in rates], [group[0][0].persona for group in groups])
    gained = sum(after.passed and not before.passed for before, after in pairs)
    lost = sum(before.passed and not after.passed for before, after in pairs)
    return Difference(
        name=name,
        pairs=len(pairs),
        scenarios=len(groups),
        before=sum(rate[0] for rate in rates) / len(groups),
        after=sum(rate[1] for rate in rates) / len(groups),
        change=change,
        gained=gained,
        lost=lost,
        p_value=mcnemar(gained, lost),
        detectable=1.0 if change.se is None else detected(change.se, len(pairs), change.clusters),
    )


def _rate(group: Sequence[Pair], side: int) -> float:
    return sum(pair[side].passed for pair in group) / len(group)


def _losses_first(pair: Pair) -> tuple[bool, tuple[str, str, int]]:
    return pair[1].passed, pair[1].key
