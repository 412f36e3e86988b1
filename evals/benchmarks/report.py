"""The report: tables for people, and the same as data."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.benchmarks.lap import Lap
from evals.benchmarks.lines import Mix
from evals.benchmarks.plan import Plan
from evals.benchmarks.results import TITLES, Results, typical
from evals.benchmarks.targets import Target, targets

_VERDICTS = {True: "[green]met", False: "[red]not met", None: "[yellow]not measured"}


def as_data(results: Results, plan: Plan) -> dict[str, Any]:
    """Everything as JSON values; speeds and times are medians over the rounds."""
    return {
        "turns": plan.turns,
        "rounds": plan.rounds,
        "laps": list(_rows(results, plan)),
        "round_trips": {name: dict(trips) for name, trips in results.trips.items()},
        "chat": {
            name: [
                {"turn": one.mark, "written": one.written, "stored": one.stored, "prompt": one.prompt}
                for one in weights
            ]
            for name, weights in results.weights.items()
        },
        "targets": [
            {"text": one.text, "figure": one.figure, "relation": one.relation, "limit": one.limit, "met": one.met}
            for one in targets(results, plan)
        ],
    }


def show(results: Results, plan: Plan, console: Console) -> None:
    """Print the tables."""
    for table in (_laps(results, plan), _trips(results), _weights(results, plan), _verdicts(targets(results, plan))):
        console.print(table)


def _rows(results: Results, plan: Plan) -> Iterator[dict[str, Any]]:
    for latency in plan.latencies:
        for course in plan.courses(latency):
            for name in TITLES:
                if laps := results.laps(name, course.lanes, latency, course.mix):
                    place = {"latency_ms": 1000 * latency, "chats": course.lanes, "mix": course.mix.value}
                    yield {**place, "contestant": name, **_figures(laps)}


def _figures(laps: list[Lap]) -> dict[str, float]:
    return {
        "turns_per_second": typical(laps, lambda lap: lap.pace),
        "cpu_ms": typical(laps, lambda lap: lap.cpu_ms),
        "postgres_cpu_ms": typical(laps, lambda lap: lap.server_cpu_ms),
        "p50_ms": typical(laps, lambda lap: lap.beyond_ms(50)),
        "p95_ms": typical(laps, lambda lap: lap.beyond_ms(95)),
        "model_calls": typical(laps, lambda lap: lap.calls / lap.turns),
    }


def _laps(results: Results, plan: Plan) -> Table:
    table = _table(
        "Turns. CPU is a turn's, of the Python process and of PostgreSQL; p50 and p95 are beyond the model's latency",
        ("latency", "chats", "turns", "contestant"),
        ("turns/s", "CPU ms", "Postgres ms", "p50 ms", "p95 ms", "model calls"),
    )
    for row in _rows(results, plan):
        figures = [f"{row[key]:.1f}" for key in ("turns_per_second", "cpu_ms", "postgres_cpu_ms", "p50_ms", "p95_ms")]
        place = (f"{row['latency_ms']:.0f} ms", str(row["chats"]), row["mix"], TITLES[row["contestant"]])
        table.add_row(*place, *figures, f"{row['model_calls']:.2f}", end_section=row["contestant"] == [*TITLES][-1])
    return table


def _trips(results: Results) -> Table:
    table = _table("Round trips to the database, a turn of one chat", ("contestant",), tuple(Mix))
    for name, trips in results.trips.items():
        table.add_row(TITLES[name], *(f"{trips[mix]:.1f}" if mix in trips else "" for mix in Mix))
    return table


def _weights(results: Results, plan: Plan) -> Table:
    marks = [f"turn {mark}" for mark in plan.chat.marks]
    table = _table("One long chat, a turn of it", ("contestant", ""), tuple(marks))
    for name, weights in results.weights.items():
        table.add_row(TITLES[name], "bytes as written", *(f"{one.written:,.0f}" for one in weights))
        table.add_row("", "after compression", *(f"{one.stored:,.0f}" for one in weights))
        table.add_row("", "prompt characters", *(f"{one.prompt:,.0f}" for one in weights), end_section=True)
    return table


def _verdicts(judged: list[Target]) -> Table:
    table = _table("Targets", ("target",), ("wanted", "measured", ""))
    for target in judged:
        measured = "" if target.figure is None else f"{target.figure:.4g}"
        table.add_row(target.text, f"{target.relation} {target.limit:.4g}", measured, _VERDICTS[target.met])
    return table


def _table(title: str, names: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in names:
        table.add_column(name)
    for figure in figures:
        table.add_column(figure, justify="right")
    return table
