"""Measures what one turn costs: Brenda's, beside a bare loop and beside LangChain's stock agent, in one run.

All three speak to the same fake endpoint (a process of its own) and the same embedded PostgreSQL at its default,
durable settings, Brenda in the event loop that she is run in, the others in Python's own. They take turns, so that a
busy moment of the machine hits all of them. Speed is judged by each one's fastest lap of many: what else runs on a
machine only ever slows a lap, so that the fastest is the nearest to what the code costs (as Python's `timeit` advises);
the median is told beside it. Nothing here is asserted by a test: a figure belongs to the machine and the hour.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.event_loop import loop_factory
from core.logs import set_up_logs
from evals.benchmarks.endpoint import Endpoint, open_endpoint
from evals.benchmarks.field import Field, open_field
from evals.benchmarks.growth import Weight, grow
from evals.benchmarks.lap import Course, Lap, run_lap
from evals.benchmarks.ledger import open_ledger
from evals.benchmarks.lines import Mix
from evals.benchmarks.plan import Plan, full, quick
from evals.benchmarks.report import as_data, show
from evals.benchmarks.results import BRENDA, STOCK, TITLES, Results, Trial
from evals.benchmarks.wire import open_wire

GROWING = (BRENDA, STOCK)
"""Who keeps a history that could grow."""

T = TypeVar("T")
Advance = Callable[[str], None]
"""Called with what was just done."""


def measure(plan: Plan, results: Results, advance: Advance) -> None:
    """Measure everything; `results` holds what is done at any moment."""
    with asyncio.Runner() as usual, asyncio.Runner(loop_factory=loop_factory()) as hers:
        stack = AsyncExitStack()
        try:
            field = usual.run(stack.enter_async_context(open_field(plan.turns)))
            advance("rehearsed")
            endpoints = [usual.run(stack.enter_async_context(open_endpoint(latency))) for latency in plan.latencies]
            meeting = Meeting(plan, field, Loops(usual, hers), results, advance)
            meeting.count_trips(endpoints[0])
            meeting.grow(endpoints[0])
            for _ in range(plan.rounds):
                for endpoint in endpoints:
                    meeting.race(endpoint)
        finally:
            usual.run(stack.aclose())


@dataclass(frozen=True, slots=True)
class Loops:
    """Python's own event loop, which the others run on, and the one that Brenda runs on."""

    usual: asyncio.Runner
    hers: asyncio.Runner

    def run(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        """Run a contestant's work in its loop."""
        return (self.hers if name == BRENDA else self.usual).run(work)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Everything that the contestants are put to."""

    plan: Plan
    field: Field
    loops: Loops
    results: Results
    advance: Advance

    def race(self, endpoint: Endpoint) -> None:
        """One round: on every course, one contestant after the other."""
        for course in self.plan.courses(endpoint.latency):
            for _ in range(self.plan.times(course, endpoint.latency)):
                self._run(endpoint, course)

    def _run(self, endpoint: Endpoint, course: Course) -> None:
        for name in TITLES:
            lap = self.loops.run(name, self._lap(name, endpoint, course))
            self.results.trials.append(Trial(name, endpoint.latency, course, lap))
            self.advance(f"{course.lanes} chats, {1000 * endpoint.latency:.0f} ms, {name}")

    async def _lap(self, name: str, endpoint: Endpoint, course: Course) -> Lap:
        async with self.field.open(name, endpoint) as contestant:
            return await run_lap(contestant, endpoint, self.field.cluster, course)

    def count_trips(self, endpoint: Endpoint) -> None:
        """Round trips a turn, once everything is connected and warm."""
        for name in TITLES:
            self.results.trips[name] = self.loops.run(name, self._trips(name, endpoint))
            self.advance(f"round trips, {name}")

    async def _trips(self, name: str, endpoint: Endpoint) -> dict[Mix, float]:
        url, trips = self.field.urls[name], dict[Mix, float]()
        async with (
            open_wire(url, self.field.cluster.folder) as wire,
            self.field.open(name, endpoint, wire.url) as contestant,
            open_ledger(url) as ledger,
        ):
            chats = [f"wire-{mix}" for mix in Mix]
            await contestant.prepare(chats)
            for mix, chat in zip(Mix, chats, strict=True):
                await contestant.take_turn(chat, mix, 0)
                await ledger.rest()
                before = wire.trips
                for number in range(self.plan.counted):
                    await contestant.take_turn(chat, mix, number % self.plan.turns)
                    await ledger.rest()
                trips[mix] = (wire.trips - before) / self.plan.counted
        return trips

    def grow(self, endpoint: Endpoint) -> None:
        """One long chat each."""
        for name in GROWING:
            self.results.weights[name] = self.loops.run(name, self._grown(name, endpoint))

    async def _grown(self, name: str, endpoint: Endpoint) -> tuple[Weight, ...]:
        done = partial(self.advance, f"one long chat, {name}")
        async with self.field.open(name, endpoint) as contestant, open_ledger(self.field.urls[name]) as ledger:
            return await grow(contestant, endpoint, ledger, self.plan.chat, done)


def _measured(plan: Plan, console: Console) -> tuple[Results, bool]:
    """What was measured, and whether that is all; Ctrl-C ends it early."""
    results = Results()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("preparing", total=plan.steps(len(TITLES), len(GROWING)))
        try:
            measure(plan, results, lambda done: progress.update(bar, advance=1, description=done))
        except KeyboardInterrupt:
            return results, False
    return results, True


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. 0 when everything was measured, met or not; 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    set_up_logs("warning")
    plan = (quick if options.quick else full)(options.turns or (2 if options.quick else 10))
    results, whole = _measured(plan, Console(stderr=True))
    if options.json:
        options.json.write_text(json.dumps(as_data(results, plan), indent=2), encoding="utf-8")
    show(results, plan, Console(width=None if sys.stdout.isatty() else 140))
    return 0 if whole else 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.turn",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Needs the group `bench`: uv run --group bench python -m evals.benchmarks.turn\n"
        "The whole takes about ten minutes on two cores. Close what else is running; Ctrl-C reports what is done.",
    )
    parser.add_argument(
        "--turns", type=_number, metavar="N", help="turns of each conversation in the laps (10: a whole sale)"
    )
    parser.add_argument("--quick", action="store_true", help="everything once and tiny, to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    return parser


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} should be a number from 1 to 1000")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
