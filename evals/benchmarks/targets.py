"""What is to be reached, and whether it was. Every figure is a ratio within one run, or a count."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evals.benchmarks.lap import Lap
from evals.benchmarks.lines import Mix
from evals.benchmarks.plan import Plan
from evals.benchmarks.results import BRENDA, LOOP, STOCK, Best, Results


@dataclass(frozen=True, slots=True)
class Target:
    """`figure` is None when it was not measured; `relation` is ">=", "<=" or "==", between the figure and `limit`."""

    text: str
    relation: str
    limit: float
    figure: float | None

    @property
    def met(self) -> bool | None:
        """None when it was not measured."""
        if self.figure is None:
            return None
        if self.relation == "==":
            return self.figure == self.limit
        return self.figure >= self.limit if self.relation == ">=" else self.figure <= self.limit


def _turns_per_second(lap: Lap) -> float:
    return lap.pace


def _cpu(lap: Lap) -> float:
    return lap.cpu_ms


_SPEEDS: tuple[tuple[str, str, str, float, Callable[[Lap], float], Best], ...] = (
    ("turns/s, (a) / (c)", STOCK, ">=", 2.0, _turns_per_second, max),
    ("turns/s, (a) / (b)", LOOP, ">=", 0.8, _turns_per_second, max),
    ("CPU a turn, (a) / (c)", STOCK, "<=", 0.5, _cpu, min),
)


def targets(results: Results, plan: Plan) -> list[Target]:
    """All of them, in the order in which they were asked for. Speed is judged without latency, where work is all."""
    return [*_pace(results, plan), *_calls(results), *_weights(results, plan)]


def _pace(results: Results, plan: Plan) -> Iterator[Target]:
    for what, other, relation, limit, figure, best in _SPEEDS:
        text = f"{what}, {plan.judged} chats, 0 ms"
        yield Target(f"{text}, fastest laps", relation, limit, results.ratio(BRENDA, other, plan.judged, figure, best))
        yield Target(f"{text}, median", relation, limit, results.usual_ratio(BRENDA, other, plan.judged, figure))


def _calls(results: Results) -> Iterator[Target]:
    yield Target("model calls, a turn without a tool", "==", 1.0, results.calls(BRENDA, Mix.TEXT))
    yield Target("model calls, a turn with one", "==", 2.0, results.calls(BRENDA, Mix.TOOL))


def _weights(results: Results, plan: Plan) -> Iterator[Target]:
    first, last = plan.chat.marks[0], plan.chat.marks[-1]
    early, late = results.weight(BRENDA, first), results.weight(BRENDA, last)
    stock = results.weight(STOCK, last)
    written = late.written / stock.written if late and stock else None
    yield Target(f"bytes at turn {last} as written, (a) / (c)", "<=", 1 / 200, written)
    stored = late.stored / stock.stored if late and stock else None
    yield Target(f"bytes at turn {last} after compression, (a) / (c)", "<=", 1 / 200, stored)
    grown = late.stored / early.stored if late and early else None
    yield Target(f"stored bytes of (a), turn {last} / turn {first}", "<=", 1.2, grown)
    prompt = late.prompt / stock.prompt if late and stock else None
    yield Target(f"prompt at turn {last}, (a) / (c)", "<=", 0.1, prompt)
