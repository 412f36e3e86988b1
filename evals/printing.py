"""What a run prints: each failing check with the lines of chat around it, and a table of the suites."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gates import Fallen
from evals.record import Conversation, Verdict

MOST_FAILURES = 20


def show_failures(console: Console, conversations: Sequence[Conversation], most: int = MOST_FAILURES) -> None:
    """The failing checks, those of gates first; one scenario's same failure with other seeds is told once."""
    told: dict[tuple[str, str], int] = defaultdict(int)
    failures = [(one, verdict) for one in conversations for verdict in one.verdicts]
    failures.sort(key=lambda pair: (pair[1].gate == "none", pair[0].key))
    for one, verdict in failures:
        told[one.scenario, verdict.check] += 1
        if told[one.scenario, verdict.check] == 1 and len(told) <= most:
            _show(console, one, verdict)
    for one in [one for one in conversations if one.error][:most]:
        console.print(f"[red]✗ {one.suite}/{one.scenario}[/] seed {one.seed}: {escape(one.error)}")
    if len(told) > most:
        console.print(f"… and {len(told) - most} more; `evals view` shows every conversation")


def _show(console: Console, one: Conversation, verdict: Verdict) -> None:
    where = f"turn {verdict.turn}" if verdict.turn else "at the end"
    gate = f" [bold red]{verdict.gate} gate[/]" if verdict.gate != "none" else ""
    console.print(f"[red]✗ {one.suite}/{one.scenario}[/] seed {one.seed} · {where} · {escape(verdict.check)}{gate}")
    rows = (
        ("expected", verdict.expected),
        ("actual", verdict.actual),
        *zip(("prospect", "Brenda"), verdict.around, strict=True),
    )
    for label, text in rows:
        console.print(f"    {label:<9} {escape(text)}", soft_wrap=True)


def show_totals(console: Console, conversations: Iterable[Conversation]) -> None:
    """A row a suite."""
    by_suite: dict[str, list[Conversation]] = defaultdict(list)
    for one in conversations:
        by_suite[one.suite].append(one)
    table = Table(title_justify="left")
    for name in ("suite", "conversations", "passed", "void", "errors", "right no-sales", "calls/turn"):
        table.add_column(name, justify="left" if name == "suite" else "right")
    for name, group in sorted(by_suite.items()):
        counted = [one for one in group if not one.void]
        passed, turns = sum(one.passed for one in counted), sum(one.turns for one in group)
        table.add_row(
            name,
            str(len(group)),
            f"{passed} ({passed / max(len(counted), 1):.1%})",
            str(len(group) - len(counted)),
            str(sum(bool(one.error) for one in group)),
            f"{sum(_right_no_sale(one) for one in group) / len(group):.0%}",
            f"{sum(one.model_calls for one in group) / max(turns, 1):.2f}",
        )
    console.print(table)


def show_gates(console: Console, found: Sequence[Fallen]) -> None:
    """Which gates fell."""
    if not found:
        console.print("[green]All gates hold.[/]")
    for gate in found:
        console.print(f"[bold red]Gate fell: {escape(gate.name)}[/] {escape(gate.reason)}")


def _right_no_sale(one: Conversation) -> bool:
    """Whether this is one that should end without a sale, a link or a demo."""
    return not {"sale", "checkout", "demo"} & set(one.right_end)
