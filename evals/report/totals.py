"""A run's figures in a terminal: a row a suite, and what they prove."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.report import words
from evals.report.prices import told
from evals.results import Run
from evals.statistics.summary import Group, summary

COLUMNS = (
    "suite",
    "plays",
    "passed",
    "pass^1 (95 %)",
    "pass^4",
    "pass^8",
    "void",
    "errors",
    "no-sales",
    "calls/turn",
    "ms/turn",
    "finds",
)


def show(console: Console, run: Run) -> None:
    """Print the totals of a run."""
    found = summary(run.conversations(), run.times())
    table = Table(title_justify="left")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "suite" else "right", no_wrap=True)
    rows = found.suites if len(found.suites) == 1 else (*found.suites, found.whole)
    for group in rows:
        if group is found.whole and len(found.suites) > 1:
            table.add_section()
        table.add_row(*_row(group))
    console.print(table)
    for gate in found.gates:
        colour = "red" if gate.hit_conversations else "green"
        console.print(f"[{colour}]{escape(words.gate(gate))}[/]", soft_wrap=True)
    for note in (_effort(found.whole, run.info.model), words.smallest(found.whole), *words.notes(found)):
        console.print(escape(note), style="dim", soft_wrap=True)


def _row(group: Group) -> tuple[str, ...]:
    passing = group.passing
    return (
        escape(group.name),
        str(group.conversations),
        str(group.passed),
        words.with_interval(passing[1]),
        words.share(passing[4].value if passing[4] else None),
        words.share(passing[8].value if passing[8] else None),
        str(group.void),
        str(group.errors),
        f"{group.right_no_sales:.0%}",
        f"{group.effort.calls:.2f}",
        words.number(group.effort.median),
        words.finds(group.detectable),
    )


def _effort(group: Group, model: str) -> str:
    effort = group.effort
    return (
        f"A turn took {effort.calls:.2f} model calls, {words.volume(effort)} in and out of models, "
        f"{words.latency(effort)} (median / 95 %), {told(effort, model)}."
    )
