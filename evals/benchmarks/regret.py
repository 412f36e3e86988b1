"""How much is lost while learning: contestants choose tools in a market, decision after decision.

Regret is the sum of (best tool's true rate - drawn tool's true rate); it is given as a share of what drawing at random
loses in the same market. The recommender runs as it does in the product: it is fitted anew on the log, gives leans, and
`agent.selection.draw_probabilities` draws, with equal weights, so that nothing but the leans decides.

Some contestants are there to tell where the regret comes from: one that is told late, one that is taught seldom, one
that is told beforehand which columns matter, and the best linear rule, which nobody could have known. A floor costs by
itself (`unavoidable`), whoever draws above it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.selection import draw_probabilities
from core.domain.decisions import NONE
from core.learning.predictor import Features
from core.learning.recommender import BOLDNESS, LogisticThompson
from core.learning.reward_model import Integers, RewardModel, Trials, fit
from core.learning.thompson import chances_of_best
from core.learning.tool_features import BIAS, COLUMNS, GROUPS, SITUATION, encode
from evals.benchmarks.market import MATTERING, Climate, open_market, situations

Floats = NDArray[np.float64]

ARMS = (NONE, "show_syllabus", "find_testimonials", "compare_prices", "show_guarantee", "create_demo_link")
PHASES = (500, 2_000)
"""Where the second and the third part of a run begin; the regret of each is told."""
HINDSIGHT = "best linear rule, in hindsight"
EARLY = 2_000
"""Decisions up to which is learned every `pace`; afterwards every four times that."""


class Contestant(Protocol):
    """Who chooses a tool, and sees what it brought."""

    def choose(self, place: int) -> int:
        """The arm for the decision at this place of the log."""
        ...


@dataclass(slots=True)
class Log:
    """What has happened so far: decisions up to some place have an arm and a reward."""

    features: list[Features]
    inputs: Floats
    arms: Integers
    rewards: Floats
    rng: np.random.Generator


@dataclass(slots=True)
class Recommended:
    """The product's recommender behind its draw. An outcome is known `delay` decisions later."""

    log: Log
    floor: float = 0.0
    pace: int = 25
    delay: int = 0
    recommender: LogisticThompson | None = None

    def choose(self, place: int) -> int:
        if place % (self.pace if place < EARLY else 4 * self.pace) == 0:
            self.recommender = self._learned(max(place - self.delay, 0))
        assert self.recommender is not None  # noqa: S101 - place 0 made one
        leans = self.recommender.leans(self.log.features[place], ARMS)
        tools = {arm: lean for arm, lean in leans.items() if arm != NONE}
        probabilities = draw_probabilities(leans[NONE], tools, self.floor)
        return int(self.log.rng.choice(len(ARMS), p=[probabilities[arm] for arm in ARMS]))

    def _learned(self, place: int) -> LogisticThompson:
        trials = Trials(
            self.log.inputs[:place], self.log.arms[:place], self.log.rewards[:place], np.arange(place, dtype=np.int64)
        )
        return LogisticThompson("benchmark", ARMS, fit(trials, np.array(GROUPS, dtype=np.int64), len(ARMS)))


@dataclass(slots=True)
class Informed:
    """The recommender's model, told beforehand in which columns the tools differ; everything else as there."""

    log: Log
    pace: int = 25
    model: RewardModel | None = None

    def choose(self, place: int) -> int:
        inputs = self.log.inputs[:, _KNOWN]
        if place % (self.pace if place < EARLY else 4 * self.pace) == 0:
            people = np.arange(place, dtype=np.int64)
            trials = Trials(inputs[:place], self.log.arms[:place], self.log.rewards[:place], people)
            self.model = fit(trials, _KNOWN_GROUPS, len(ARMS))
        assert self.model is not None  # noqa: S101 - place 0 made one
        means, deviations = self.model.advantages(inputs[place, : len(_KNOWN_GROUPS)])
        return int(self.log.rng.choice(len(ARMS), p=chances_of_best(means, BOLDNESS * deviations)))


_MATTER = [name for name in SITUATION if name == BIAS or name.startswith(MATTERING)]
_KNOWN = [COLUMNS.index(name) for name in (*_MATTER, *COLUMNS[len(SITUATION) :])]
_KNOWN_GROUPS: Integers = np.unique([GROUPS[COLUMNS.index(name)] for name in _MATTER], return_inverse=True)[1]


@dataclass(slots=True)
class NearestNeighbours:
    """The original design: the tool that worked best among the most similar decisions so far; each is tried once first.

    Similar is near in all features, each scaled to variance 1.
    """

    log: Log
    neighbours: int

    def choose(self, place: int) -> int:
        counts = np.bincount(self.log.arms[:place], minlength=len(ARMS))
        if counts.min() == 0:
            return int(counts.argmin())
        inputs = self.log.inputs[:, 1:] / np.maximum(self.log.inputs[:, 1:].std(axis=0), 1e-9)
        far = ((inputs[:place] - inputs[place]) ** 2).sum(axis=1)
        near = np.argpartition(far, min(self.neighbours, place) - 1)[: self.neighbours]
        sums = np.bincount(self.log.arms[near], weights=self.log.rewards[near], minlength=len(ARMS))
        seen = np.bincount(self.log.arms[near], minlength=len(ARMS))
        means = np.where(seen > 0, sums / np.maximum(seen, 1), -1.0)
        return int(self.log.rng.choice(np.flatnonzero(means == means.max())))


@dataclass(slots=True)
class Greedy:
    """Epsilon-greedy without context: one time in ten at random, else the tool that worked best so far."""

    log: Log

    def choose(self, place: int) -> int:
        if place < len(ARMS) or self.log.rng.random() < 0.1:
            return place % len(ARMS) if place < len(ARMS) else int(self.log.rng.integers(len(ARMS)))
        sums = np.bincount(self.log.arms[:place], weights=self.log.rewards[:place], minlength=len(ARMS))
        return int((sums / np.bincount(self.log.arms[:place], minlength=len(ARMS))).argmax())


FLOORS = {"recommender, floor 0.2 %": 0.002, "recommender, floor 5 %": 0.05}
CONTESTANTS: dict[str, Callable[[Log], Contestant]] = {
    "recommender": Recommended,
    "recommender, floor 0.2 %": lambda log: Recommended(log, floor=0.002),
    "recommender, floor 5 %": lambda log: Recommended(log, floor=0.05),
    "recommender, taught every 250": lambda log: Recommended(log, pace=250),
    "recommender, told 500 later": lambda log: Recommended(log, delay=500),
    "told beforehand what matters": Informed,
    "nearest neighbours, 25": lambda log: NearestNeighbours(log, 25),
    "nearest neighbours, 100": lambda log: NearestNeighbours(log, 100),
    "epsilon-greedy, no context": Greedy,
}


def unavoidable(name: str) -> float:
    """The share of random's regret that a contestant's floor costs whoever draws above it, even knowing the truth."""
    if name not in FLOORS:
        return 0.0
    knowing = draw_probabilities(1.0, dict.fromkeys(ARMS[1:], 1e-12), FLOORS[name])
    return len(ARMS) * min(knowing.values())


def regrets(climate: Climate, rounds: int, seed: int, names: Sequence[str]) -> dict[str, Floats]:
    """Each contestant's regret in one market, a part for each phase, as shares of random's over the whole run.

    All meet the same prospects and the same luck. `HINDSIGHT` is always among them.
    """
    rng = np.random.default_rng(seed)
    market = open_market(climate, len(ARMS), rng)
    features = situations(rounds, rng)
    inputs = encode(features)
    rates, luck = market.rates(inputs), rng.random(rounds)
    lost = rates.max(axis=1)[:, None] - rates

    def parts(arms: Integers) -> Floats:
        phases = np.searchsorted(PHASES, np.arange(rounds), side="right")
        regret = np.bincount(phases, lost[np.arange(rounds), arms], len(PHASES) + 1)
        return np.asarray(regret / lost.mean(axis=1).sum())

    shares = {}
    for name in names:
        log = Log(
            features, inputs, np.zeros(rounds, dtype=np.int64), np.zeros(rounds), np.random.default_rng(seed + 1_000)
        )
        _run(CONTESTANTS[name](log), log, rates, luck)
        shares[name] = parts(log.arms)
    situation = inputs[:, : len(SITUATION)]
    rule = np.linalg.lstsq(situation, rates, rcond=None)[0]
    return {**shares, HINDSIGHT: parts((situation @ rule).argmax(axis=1))}


def _run(contestant: Contestant, log: Log, rates: Floats, luck: Floats) -> None:
    for place in range(len(luck)):
        arm = contestant.choose(place)
        log.arms[place], log.rewards[place] = arm, luck[place] < rates[place, arm]
