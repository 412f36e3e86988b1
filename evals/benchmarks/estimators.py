"""How near off-policy evaluation comes to a truth that is known: the product's log, repeated many times.

A population of situations lives in a simulated market. The product's own policy gives each the probabilities it would
draw from, a candidate file gives what it would rather draw from, and the truth is the candidate's mean rate over the
population. A repetition draws so many people from it, one decision each, and lets the product's estimators judge. No
unbiased estimator can be nearer than the semiparametric bound (Hahn, Econometrica 66, 1998; Dudik, Langford and
Li, ICML 2011), which stands beside the figures: a target below it would be out of reach of any method.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from agent.candidate import read_candidate
from agent.policy import parse_policy
from agent.selection import Situation, select
from agent.talk import Talk
from agent.toolbox import NAMES
from core.domain.decisions import NONE, Decision
from core.domain.funnel import Stage
from core.domain.perception import Intent, Objection, Perception
from core.domain.turn import Selection
from core.learning import offline_policy
from core.learning.offline_policy import Estimate, Log
from core.learning.policy_evaluation import arms_of, table_of
from core.learning.predictor import Features, Prediction
from core.learning.reward_model import Trials
from core.learning.tool_features import GROUPS, encode
from evals.benchmarks.market import Climate, open_market, situations

Floats = NDArray[np.float64]

PEOPLE = 20_000
FLOOR = 0.05
_AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
_GROUPS = np.array(GROUPS, dtype=np.int64)

CAREFUL = """
[stages.conversation]
find_testimonials = 1.6
send_preview = 1.4
[objections.price]
show_guarantee = 4.0
[objections.trust]
find_testimonials = 5.0
"""
"""A careful edit of the policy, such as an admin would make."""
BOLD = """
arm = "aggressive"
[stages.conversation]
create_demo_link = 6.0
show_guarantee = 3.0
[objections.price]
show_guarantee = 8.0
"""
"""A candidate that draws quite differently."""


@dataclass(frozen=True, slots=True)
class Population:
    """n situations: inputs (n, D), and of each of k arms the true rate and both policies' probabilities (n, k)."""

    inputs: Floats
    rates: Floats
    logged: Floats
    candidate: Floats

    @property
    def truth(self) -> float:
        """What the candidate would earn a decision."""
        return float((self.candidate * self.rates).sum(axis=1).mean())

    def bound(self, decisions: int) -> float:
        """The least standard error of an unbiased estimator from so many decisions, as a share of the truth."""
        ratio = np.divide(self.candidate**2, self.logged, out=np.zeros_like(self.rates), where=self.logged > 0)
        within = (ratio * self.rates * (1 - self.rates)).sum(axis=1).mean()
        between = (self.candidate * self.rates).sum(axis=1).var()
        return float(np.sqrt((within + between) / decisions) / self.truth)

    def draw(self, decisions: int, rng: np.random.Generator) -> tuple[Log, Floats]:
        """A log of so many people, and the candidate's probabilities in their situations."""
        picked = rng.integers(0, len(self.inputs), decisions)
        logged = self.logged[picked]
        arms = (rng.random((decisions, 1)) >= logged.cumsum(axis=1)).sum(axis=1).clip(max=logged.shape[1] - 1)
        rewards = (rng.random(decisions) < self.rates[picked, arms]).astype(np.float64)
        trials = Trials(self.inputs[picked], arms, rewards, np.arange(decisions, dtype=np.int64))
        return Log(trials, logged), self.candidate[picked]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of one estimator over so many repeated `logs`: bias and root mean squared error as shares of the truth, the share
    of intervals that hold it, and each one's standard error. `coverage` is None where no interval was made.
    """

    name: str
    logs: int
    bias: float
    error: float
    error_se: float
    coverage: float | None
    coverage_se: float


def populate(climate: Climate, candidate: str, current: str, seed: int, people: int = PEOPLE) -> Population:
    """A population in a market, under the policy `current` (TOML), with the rates that a candidate meets."""
    rng = np.random.default_rng(seed)
    features = situations(people, rng)
    decisions = _decided(features, current)
    wanting = read_candidate(candidate, "toml", current)
    wanted = [wanting.probabilities(one) for one in decisions]
    arms = arms_of([*(one.probabilities for one in decisions), *wanted])
    inputs = encode(features)
    market = open_market(climate, len(arms), rng)
    logged = table_of([one.probabilities for one in decisions], arms)
    return Population(inputs, market.rates(inputs), logged, table_of(wanted, arms))


@dataclass(frozen=True, slots=True)
class Repetition:
    """So many logs of so many `decisions`.

    The direct method's interval needs sixty refits a log, so that only the first `refitted` logs get one.
    """

    decisions: int
    repeats: int
    refitted: int
    seed: int = 2026


def judge(
    population: Population,
    repetition: Repetition,
    advance: Callable[[], None],
    keep: Callable[[tuple[Quality, ...]], None],
) -> None:
    """All estimators on repeated logs. `advance` is called after each; `keep` gets the judgement once, even when an
    interruption ends the repetitions early, if there was one at all.
    """
    found: dict[str, list[Estimate]] = {}
    try:
        for place in range(repetition.repeats):
            rng = np.random.default_rng([repetition.seed, repetition.decisions, place])
            log, candidate = population.draw(repetition.decisions, rng)
            for name, estimate in _estimates(log, candidate, place, place < repetition.refitted).items():
                found.setdefault(name, []).append(estimate)
            advance()
    finally:
        if found:
            keep(tuple(_qualities(found, population.truth, repetition.refitted)))


def _estimates(log: Log, candidate: Floats, seed: int, refit: bool) -> Mapping[str, Estimate]:
    predicted = offline_policy.cross_fitted(log, _GROUPS, seed)
    spread = offline_policy.dm_spread(log, candidate, _GROUPS, seed) if refit else 0.0
    return {
        "IPS": offline_policy.ips(log, candidate),
        "SNIPS": offline_policy.snips(log, candidate),
        "DM": offline_policy.dm(candidate, predicted, log.trials.leads, spread),
        "DR": offline_policy.dr(log, candidate, predicted),
    }


def _qualities(found: Mapping[str, Sequence[Estimate]], truth: float, refitted: int) -> Iterator[Quality]:
    for name, estimates in found.items():
        off = np.array([one.value for one in estimates]) / truth - 1.0
        error = float(np.sqrt((off**2).mean()))
        judged = estimates[:refitted] if name == "DM" else estimates
        held = np.array([not one.excludes(truth) for one in judged], dtype=np.float64)
        coverage = float(held.mean()) if len(held) else None
        scatter = float(np.sqrt(held.var() / len(held))) if len(held) else 0.0
        error_se = float((off**2).std() / (2.0 * error * np.sqrt(len(off)))) if error > 0 else 0.0
        yield Quality(name, len(off), float(off.mean()), error, error_se, coverage, scatter)


def _decided(features: Sequence[Features], current: str) -> list[Decision]:
    """One decision of the policy in force about each person, by the product's own selection."""
    policy = parse_policy(current)
    return [_decision(select(policy, _situation(one, place), NAMES), place) for place, one in enumerate(features)]


def _situation(features: Features, place: int) -> Situation:
    return Situation(
        turn_id=f"population:{place}",
        stage=Stage(str(features["stage"])),
        arm="control",
        perception=Perception(intent=Intent(str(features["intent"])), objection=Objection(str(features["objection"]))),
        talk=Talk(),
        features=features,
        prediction=Prediction(float(features["score"]), {}),
        live_offers=frozenset({"discount", "bonus"}),
        floor=FLOOR,
    )


def _decision(selection: Selection, place: int) -> Decision:
    return Decision(
        lead=UUID(int=place),
        turn_id=f"population:{place}",
        at=_AT,
        stage=selection.stage.value,
        arm=selection.arm,
        eligible=selection.eligible,
        probabilities=selection.probabilities,
        drawn=selection.suggestion or NONE,
        called=(),
        floor=selection.exploration_floor,
        features={**selection.features, "score": selection.score},
        leans=selection.leans,
        step=False,
        sale=False,
    )
