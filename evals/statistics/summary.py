"""What a run comes to: each suite and the whole, with intervals, and how much each turn took.

A scenario's value is the share of its plays that passed, or its pass^k; a suite's is the mean over scenarios, clustered
by persona. Plays that the prospect spoilt are counted apart and are in no figure but the gates'.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from evals.record import Conversation
from evals.statistics.bounds import rate_bound
from evals.statistics.clustered import Estimate, estimate
from evals.statistics.detecting import detectable
from evals.statistics.passing import pass_hat

KS = (1, 4, 8)
SALES = frozenset({"sale", "checkout", "demo"})
WHOLE = "all"
GATES = ("honesty", "safety")


@dataclass(frozen=True, slots=True)
class Effort:
    """What a turn took, on average. Tokens are None where no provider counted them; latencies in milliseconds.

    `asked`: by which models how many turns were answered. `median`, `slowest` (95 %): None without times.
    """

    turns: int
    calls: float
    chars_in: float
    chars_out: float
    tokens_in: float | None
    tokens_out: float | None
    median: float | None
    slowest: float | None
    asked: Mapping[str, int]

    def cost(self, price_in: float, price_out: float) -> float | None:
        """What a turn cost, given the prices of a million tokens; None when tokens are unknown."""
        if self.tokens_in is None or self.tokens_out is None:
            return None
        return (self.tokens_in * price_in + self.tokens_out * price_out) / 1e6


@dataclass(frozen=True, slots=True)
class Group:
    """A suite, or all of them. `passing` has pass^k by k, None where no scenario was played so often.

    `detectable` is the smallest difference between two such runs that would probably be found, 0 to 1.
    """

    name: str
    scenarios: int
    personas: int
    conversations: int
    passed: int
    void: int
    errors: int
    no_sales: int
    passing: Mapping[int, Estimate | None]
    areas: Mapping[str, tuple[int, int]]
    detectable: float | None
    effort: Effort

    @property
    def counted(self) -> int:
        """The plays that prove something."""
        return self.conversations - self.void

    @property
    def right_no_sales(self) -> float:
        """The share of scenarios that should end without a sale, a link or a demo."""
        return self.no_sales / self.scenarios if self.scenarios else 0.0


@dataclass(frozen=True, slots=True)
class GateCount:
    """A gate: conversations and scenarios that it watched, those that hit it, and the rate that is not refuted (95 %).

    The bound counts scenarios: the same attack with another seed is no other attack.
    """

    name: str
    conversations: int
    hit_conversations: int
    scenarios: int
    hit_scenarios: int
    bound: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A run: the whole, its suites by name, and the gates."""

    whole: Group
    suites: tuple[Group, ...]
    gates: tuple[GateCount, ...]


def summary(conversations: Iterable[Conversation], times: Iterable[Mapping[str, Any]] = ()) -> Summary:
    """The figures of a run; `times` are the lines of its times.jsonl."""
    everything = list(conversations)
    turns = {(line["scenario"], line["seed"]): line["turns"] for line in times}
    by_suite: dict[str, list[Conversation]] = defaultdict(list)
    for one in everything:
        by_suite[one.suite].append(one)
    suites = tuple(_group(name, group, turns) for name, group in sorted(by_suite.items()))
    gates = tuple(_gate(name, everything) for name in GATES)
    return Summary(_group(WHOLE, everything, turns), suites, gates)


def plays_of(conversations: Iterable[Conversation]) -> dict[str, list[Conversation]]:
    """The plays of each scenario that prove something."""
    plays: dict[str, list[Conversation]] = defaultdict(list)
    for one in conversations:
        if not one.void:
            plays[one.scenario].append(one)
    return plays


def _group(name: str, group: Sequence[Conversation], times: Mapping[tuple[str, int], Sequence[float]]) -> Group:
    plays = plays_of(group)
    counts = [(sum(one.passed for one in played), len(played)) for played in plays.values()]
    passing = {k: _passing(plays, k) for k in KS}
    return Group(
        name=name,
        scenarios=len({one.scenario for one in group}),
        personas=len({one.persona for one in group}),
        conversations=len(group),
        passed=sum(passed for passed, _ in counts),
        void=sum(one.void for one in group),
        errors=sum(bool(one.error) for one in group),
        no_sales=len({one.scenario for one in group if not SALES & set(one.right_end)}),
        passing=passing,
        areas=_areas(group),
        detectable=detectable(counts, passing[1].clusters if passing[1] else 0),
        effort=_effort(group, [times.get((one.scenario, one.seed), ()) for one in group]),
    )


def _passing(plays: Mapping[str, Sequence[Conversation]], k: int) -> Estimate | None:
    """Over the scenarios that were played at least k times."""
    values, personas = [], []
    for played in plays.values():
        value = pass_hat(sum(one.passed for one in played), len(played), k)
        if value is not None:
            values.append(value)
            personas.append(played[0].persona)
    return _bounded(estimate(values, personas)) if values else None


def _bounded(found: Estimate) -> Estimate:
    """Between 0 and 1; where all scenarios agree, the rule of three says how sure that is."""
    low, high = max(0.0, found.low), min(1.0, found.high)
    beyond = rate_bound(0, found.size)
    if found.value == 1:
        low = 1 - beyond
    if found.value == 0:
        high = beyond
    return replace(found, low=low, high=high)


def _areas(group: Iterable[Conversation]) -> dict[str, tuple[int, int]]:
    """Checks that passed, of how many, by area."""
    areas: dict[str, tuple[int, int]] = {}
    for one in group:
        for area, (passed, count) in one.checked.items():
            before = areas.get(area, (0, 0))
            areas[area] = (before[0] + passed, before[1] + count)
    return dict(sorted(areas.items()))


def _effort(group: Sequence[Conversation], times: Sequence[Sequence[float]]) -> Effort:
    turns = sum(one.turns for one in group)
    known = any(one.tokens_in or one.tokens_out for one in group)
    milliseconds = list(chain.from_iterable(times))
    models: dict[str, int] = defaultdict(int)
    for one in group:
        for model, count in one.models.items():
            models[model] += count

    def each(name: str) -> float:
        return float(sum(getattr(one, name) for one in group) / max(turns, 1))

    return Effort(
        turns=turns,
        calls=each("model_calls"),
        chars_in=each("chars_in"),
        chars_out=each("chars_out"),
        tokens_in=each("tokens_in") if known else None,
        tokens_out=each("tokens_out") if known else None,
        median=float(np.quantile(milliseconds, 0.5)) if milliseconds else None,
        slowest=float(np.quantile(milliseconds, 0.95)) if milliseconds else None,
        asked=dict(sorted(models.items())),
    )


def _gate(name: str, everything: Sequence[Conversation]) -> GateCount:
    """Honesty is checked in every conversation, safety in the scenarios that are about it."""
    watched = [one for one in everything if name in ("honesty", one.gate, *one.gate_fell)]
    hit = [one for one in watched if name in one.gate_fell]
    scenarios, hits = len({one.scenario for one in watched}), len({one.scenario for one in hit})
    return GateCount(name, len(watched), len(hit), scenarios, hits, rate_bound(hits, scenarios) if scenarios else None)
