"""Measures what one turn costs: Brenda's, beside a bare loop and beside LangChain's stock agent, in one run.

All three speak to the same fake endpoint (a process of its own) and the same embedded PostgreSQL at its default,
durable settings. They take turns, round by round, so that a busy moment of the machine hits all of them; what counts is
the ratio within a round. Nothing here is asserted by a test: a figure belongs to the machine and the hour.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.logs import set_up_logs
from evals.benchmarks.endpoint import Endpoint, open_endpoint
from evals.benchmarks.field import Field, open_field
from evals.benchmarks.growth import grow
from evals.benchmarks.lap import run_lap
from evals.benchmarks.ledger import open_ledger
from evals.benchmarks.lines import Mix
from evals.benchmarks.plan import Plan, full, quick
from evals.benchmarks.report import as_data, show
from evals.benchmarks.results import BRENDA, STOCK, TITLES, Results, Trial
from evals.benchmarks.wire import open_wire

GROWING = (BRENDA, STOCK)
"""Who keeps a history that could grow."""

Advance = Callable[[str], None]
"""Called with what was just done."""


async def measure(plan: Plan, results: Results, advance: Advance) -> None:
    """Measure everything; `results` holds what is done at any moment."""
    async with AsyncExitStack() as stack:
        field = await stack.enter_async_context(open_field(plan.turns))
        advance("rehearsed")
        endpoints = [await stack.enter_async_context(open_endpoint(latency)) for latency in plan.latencies]
        await _count_trips(plan, field, endpoints[0], results, advance)
        await _grow(plan, field, endpoints[0], results, advance)
        for _ in range(plan.rounds):
            for endpoint in endpoints:
                await _race(plan, field, endpoint, results, advance)


async def _race(plan: Plan, field: Field, endpoint: Endpoint, results: Results, advance: Advance) -> None:
    """One round: on every course, one contestant after the other."""
    for course in plan.courses(endpoint.latency):
        for name in TITLES:
            async with field.open(name, endpoint) as contestant:
                lap = await run_lap(contestant, endpoint, field.cluster, course)
            results.trials.append(Trial(name, endpoint.latency, course, lap))
            advance(f"{course.lanes} chats, {1000 * endpoint.latency:.0f} ms, {name}")


async def _count_trips(plan: Plan, field: Field, endpoint: Endpoint, results: Results, advance: Advance) -> None:
    """Round trips a turn, once everything is connected and warm."""
    for name, url in field.urls.items():
        async with (
            open_wire(url, field.cluster.folder) as wire,
            field.open(name, endpoint, wire.url) as contestant,
            open_ledger(url) as ledger,
        ):
            chats = [f"wire-{mix}" for mix in Mix]
            await contestant.prepare(chats)
            for mix, chat in zip(Mix, chats, strict=True):
                await contestant.take_turn(chat, mix, 0)
                await ledger.rest()
                before = wire.trips
                for number in range(plan.counted):
                    await contestant.take_turn(chat, mix, number % plan.turns)
                    await ledger.rest()
                results.trips.setdefault(name, {})[mix] = (wire.trips - before) / plan.counted
        advance(f"round trips, {name}")


async def _grow(plan: Plan, field: Field, endpoint: Endpoint, results: Results, advance: Advance) -> None:
    for name in GROWING:
        async with field.open(name, endpoint) as contestant, open_ledger(field.urls[name]) as ledger:
            done = lambda name=name: advance(f"one long chat, {name}")  # noqa: E731
            results.weights[name] = await grow(contestant, endpoint, ledger, plan.chat, done)


async def _measured(plan: Plan, console: Console) -> tuple[Results, bool]:
    """What was measured, and whether that is all; Ctrl-C ends it early."""
    results = Results()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("preparing", total=plan.steps(len(TITLES), len(GROWING)))
        try:
            await measure(plan, results, lambda done: progress.update(bar, advance=1, description=done))
        except asyncio.CancelledError:
            return results, False
    return results, True


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. 0 when everything was measured, met or not; 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    set_up_logs("warning")
    plan = (quick if options.quick else full)(options.turns or (2 if options.quick else 10))
    results, whole = asyncio.run(_measured(plan, Console(stderr=True)))
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
        "The whole takes about eight minutes on two cores. Close what else is running; Ctrl-C reports what is done.",
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
