"""What an experiment shows, from the counts of its people.

Each arm is compared with the control. What is decided rests on the always-valid interval alone, so that anybody may
look at any time; the interval for a single look and the chance to win stand beside it for reading. With several arms,
and with several guardrails, the 5 % of error are shared out among them (Bonferroni), so that they hold for the whole
report. What follows from it is in `proposals`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from core.domain.experiments import Cell, Experiment, Guardrail
from core.learning.confidence_sequence import always_valid, critical
from core.learning.power import people_needed, single_look, smallest_lift
from core.learning.proportions import (
    Count,
    Interval,
    Stratum,
    chances_to_be_best,
    comparable,
    difference,
    newcombe,
    posterior,
    wilson,
)
from core.learning.sample_ratio import Phase, Split, check_split

ALPHA = 0.05
LEAST_EVENTS = 20
"""Fewer who did it, or who did not, in two arms together are too few for errors to be nearly normal."""
_DRAWS = 40_000
_SEED = 20_261_122


class Finding(StrEnum):
    """What can be said of an arm against the control."""

    BETTER = "better"
    WORSE = "worse"
    NEGLIGIBLE = "no effect worth having"
    NOISE = "cannot be told from noise"
    TOO_FEW = "too few people to tell from noise"


@dataclass(frozen=True, slots=True)
class Effect:
    """One outcome in an arm and in the control. Intervals and `estimate` are arm minus control, in shares of people.

    `fixed` is for one look, `always` for any number of them; `judged` says whether the counts suffice to decide.
    """

    control: Count
    arm: Count
    estimate: float
    fixed: Interval
    always: Interval
    judged: bool

    @property
    def lift(self) -> float | None:
        """The difference relative to the control's rate; None when that is 0."""
        return self.estimate / self.control.rate if self.control.rate else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An arm against the control: its metric, its guardrails, and those that it harms."""

    arm: str
    effect: Effect
    finding: Finding
    chance_to_win: float
    guardrails: dict[Guardrail, Effect]
    harmed: tuple[Guardrail, ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """People of one arm. `crossed` saw another arm too and count nowhere else; `rate` is the metric's, with 95 %."""

    name: str
    count: Count
    rate: Interval
    waiting: int
    crossed: int
    chance_to_be_best: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """People an arm: planned, there now in the smallest arm, and needed for an 80 % chance to see the minimum effect.

    `smallest_lift` is what the present number would show with an 80 % chance; None when nothing would.
    """

    planned: int
    now: int
    needed: int
    needed_single_look: int
    smallest_lift: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that a report shows. `until` is now, or when the experiment was stopped."""

    experiment: Experiment
    until: datetime
    settled: bool
    alpha: float
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    split: Split
    outlook: Outlook
    weights_changed: bool


def analyse(experiment: Experiment, cells: Sequence[Cell], until: datetime, settled: bool = False) -> Analysis:
    """Judge the counts. The same counts always give the same answer."""
    names = sorted({*experiment.arms, *(cell.arm for cell in cells), experiment.control})
    treatments = [name for name in names if name != experiment.control]
    alpha = ALPHA / max(len(treatments), 1)
    return Analysis(
        experiment=experiment,
        until=until,
        settled=settled,
        alpha=alpha,
        arms=tuple(_arms(names, cells)),
        comparisons=tuple(_compare(experiment, cells, name, alpha) for name in treatments),
        split=check_split(_phases(cells)),
        outlook=_outlook(experiment, cells, names, alpha),
        weights_changed=len(_phases(cells)) > 1,
    )


def _arms(names: Sequence[str], cells: Sequence[Cell]) -> list[Arm]:
    own = {name: [cell for cell in cells if cell.arm == name] for name in names}
    counts = {name: sum((Count(cell.converted, cell.people) for cell in own[name]), Count(0, 0)) for name in names}
    generator = np.random.default_rng(_SEED)
    chances = chances_to_be_best([posterior([(1.0, counts[name])], _DRAWS, generator) for name in names])
    return [
        Arm(
            name=name,
            count=counts[name],
            rate=wilson(counts[name], ALPHA),
            waiting=sum(cell.waiting for cell in own[name]),
            crossed=sum(cell.crossed for cell in own[name]),
            chance_to_be_best=chance,
        )
        for name, chance in zip(names, chances, strict=True)
    ]


def _compare(experiment: Experiment, cells: Sequence[Cell], arm: str, alpha: float) -> Comparison:
    strata = _strata(experiment, cells, arm, None)
    planned = 2 * experiment.people_per_arm
    effect = effect_of(strata, planned, alpha)
    shared = alpha / max(len(experiment.guardrails), 1)
    guardrails = {
        guardrail: effect_of(_strata(experiment, cells, arm, guardrail), planned, shared)
        for guardrail in experiment.guardrails
    }
    return Comparison(
        arm=arm,
        effect=effect,
        finding=finding_of(effect, experiment.baseline * experiment.minimum_effect),
        chance_to_win=_chance_to_win(strata),
        guardrails=guardrails,
        harmed=tuple(name for name, harm in guardrails.items() if harm.judged and harm.always.low > 0),
    )


def _strata(experiment: Experiment, cells: Sequence[Cell], arm: str, guardrail: Guardrail | None) -> list[Stratum]:
    """The two arms' counts of the metric or a guardrail, side by side for each set of weights."""

    def count(name: str, weights: Mapping[str, float]) -> Count:
        found = [cell for cell in cells if cell.arm == name and cell.weights == weights]
        counts = [Count(cell.harmed[guardrail] if guardrail else cell.converted, cell.people) for cell in found]
        return sum(counts, Count(0, 0))

    return [Stratum(count(experiment.control, phase.weights), count(arm, phase.weights)) for phase in _phases(cells)]


def effect_of(strata: Sequence[Stratum], planned: int, alpha: float) -> Effect:
    """Compare two arms' counts; `planned` are the people of both together for whom the sequence is narrowest."""
    kept = [stratum for _, stratum in comparable(strata)]
    control = sum((stratum.control for stratum in kept), Count(0, 0))
    arm = sum((stratum.arm for stratum in kept), Count(0, 0))
    both, found = control + arm, difference(strata)
    return Effect(
        control=control,
        arm=arm,
        estimate=found.estimate,
        fixed=newcombe(strata, alpha),
        always=_clipped(always_valid(found, planned, alpha)),
        judged=min(both.yes, both.people - both.yes) >= LEAST_EVENTS,
    )


def _clipped(interval: Interval) -> Interval:
    """No difference of two rates is beyond 1."""
    return Interval(max(interval.low, -1.0), min(interval.high, 1.0))


def finding_of(effect: Effect, worth: float) -> Finding:
    """What may be said, at any time; `worth` is the smallest difference that matters, in shares of people."""
    if not effect.judged:
        return Finding.TOO_FEW
    if effect.always.low > 0:
        return Finding.BETTER
    if effect.always.high < 0:
        return Finding.WORSE
    small = max(-effect.always.low, effect.always.high) < worth
    return Finding.NEGLIGIBLE if small else Finding.NOISE


def _chance_to_win(strata: Sequence[Stratum]) -> float:
    """The posterior chance that the arm's rate is above the control's; a half when there is nobody."""
    kept, generator = comparable(strata), np.random.default_rng(_SEED)
    if not kept:
        return 0.5
    control = posterior([(share, stratum.control) for share, stratum in kept], _DRAWS, generator)
    arm = posterior([(share, stratum.arm) for share, stratum in kept], _DRAWS, generator)
    return float(np.mean(arm > control))


def _phases(cells: Sequence[Cell]) -> list[Phase]:
    """People exposed by arm for each set of weights, who saw two arms too: they were split by the same weights."""
    phases: dict[str, Phase] = {}
    for cell in cells:
        key = repr(sorted(cell.weights.items()))
        people = {**phases[key].people, cell.arm: cell.exposed} if key in phases else {cell.arm: cell.exposed}
        phases[key] = Phase(people, cell.weights)
    return list(phases.values())


def _outlook(experiment: Experiment, cells: Sequence[Cell], names: Sequence[str], alpha: float) -> Outlook:
    now = min(sum(cell.people for cell in cells if cell.arm == name) for name in names)
    reach = float(critical(1.0, 1.0, alpha))
    plan = (experiment.baseline, experiment.minimum_effect)
    return Outlook(
        planned=experiment.people_per_arm,
        now=now,
        needed=people_needed(*plan, reach),
        needed_single_look=people_needed(*plan, single_look(alpha)),
        smallest_lift=smallest_lift(experiment.baseline, now, reach) if now else None,
    )
