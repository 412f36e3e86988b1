"""A comparison in a terminal: the finding, the suites, which prompts differ, and where flipped conversations part."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gates import fallen
from evals.printing import show_gates
from evals.record import Conversation, Transcript, TurnRecord
from evals.report import words
from evals.report.versus import Versus
from evals.results import Run
from evals.statistics.paired import Difference, Finding, Pair

COLOURS = {Finding.BETTER: "green", Finding.WORSE: "red", Finding.NOISE: "yellow"}
DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def show(console: Console, found: Versus, most_flips: int, most_lines: int) -> None:
    """Print a comparison; of each flipped conversation the first turn that differs, of the diff so many lines."""
    console.print(f"A  {_run(found.before)}\nB  {_run(found.after)}", soft_wrap=True)
    for warning in found.warnings:
        console.print(f"[yellow]![/] {escape(warning)}", soft_wrap=True)
    _prompts(console, found, most_lines)
    _table(console, found)
    whole = found.comparison.whole
    _flips(console, found, most_flips)
    console.print(f"[bold {COLOURS[whole.finding]}]{escape(words.verdict(whole))}[/]", soft_wrap=True)
    console.print(f"Such a comparison would find (80 % power): {words.finds(whole.detectable)} or more.", style="dim")
    _gates(console, found)


def parting(before: Sequence[TurnRecord], after: Sequence[TurnRecord]) -> int | None:
    """The place, from 0, of the first turn in which what was said differs; None when all was said alike."""
    for place, (left, right) in enumerate(zip_longest(before, after)):
        if left is None or right is None or (left.heard, left.texts) != (right.heard, right.texts):
            return place
    return None


def _run(run: Run) -> str:
    info = run.info
    return escape(f"{run.name}: model {info.model}, prompts {info.prompts} ({info.prompt_hash[:8]}), {info.revision}")


def _prompts(console: Console, found: Versus, most_lines: int) -> None:
    if not found.changes:
        console.print("The prompts are the same.")
        return
    console.print(f"Prompts that differ: {escape(', '.join(change.path for change in found.changes))}", soft_wrap=True)
    lines = [line for change in found.changes for line in change.diff.splitlines()]
    for line in lines[:most_lines]:
        console.print(escape(line), style=DIFF_COLOURS.get(line[:1], "dim"), soft_wrap=True)
    if len(lines) > most_lines > 0:
        console.print(f"… {len(lines) - most_lines} more lines: --diff {len(lines)}", style="dim")


def _table(console: Console, found: Versus) -> None:
    table = Table(title_justify="left")
    for name in ("suite", "pairs", "A", "B", "change (95 %)", "gained", "lost", "McNemar p", "finding"):
        table.add_column(name, justify="left" if name in {"suite", "finding"} else "right", no_wrap=True)
    comparison = found.comparison
    rows = comparison.suites if len(comparison.suites) == 1 else (*comparison.suites, comparison.whole)
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    if comparison.void:
        console.print(f"{comparison.void} pairs were spoilt by the simulated prospect and are left out.")


def _cells(row: Difference) -> tuple[str, ...]:
    return (
        escape(row.name),
        str(row.pairs),
        words.share(row.before),
        words.share(row.after),
        words.change(row),
        str(row.gained),
        str(row.lost),
        words.p_value(row.p_value),
        f"[{COLOURS[row.finding]}]{'noise' if row.finding is Finding.NOISE else row.finding.value}[/]",
    )


def _flips(console: Console, found: Versus, most: int) -> None:
    flipped = found.comparison.flipped
    if not flipped:
        return
    shown = flipped[:most]
    before, after = _transcripts(found.before, shown), _transcripts(found.after, shown)
    console.print(f"{len(flipped)} conversations flipped:")
    for pair in shown:
        _flip(console, pair, before.get(pair[0].key), after.get(pair[1].key))
    if len(flipped) > most:
        console.print(f"… and {len(flipped) - most} more: --flips {len(flipped)}, or all of them in --html FILE")


def _transcripts(run: Run, pairs: Iterable[Pair]) -> dict[tuple[str, str, int], Transcript]:
    wanted = {(one.scenario, one.seed) for pair in pairs for one in pair}
    found = (one for one in run.transcripts() if (one.scenario, one.seed) in wanted)
    return {(one.suite, one.scenario, one.seed): one for one in found}


def _flip(console: Console, pair: Pair, before: Transcript | None, after: Transcript | None) -> None:
    old, new = pair
    mark = "[green]✓ gained[/]" if new.passed else "[red]✗ lost[/]"
    why = _reasons(old if new.passed else new)
    console.print(f"{mark} {new.suite}/{new.scenario} seed {new.seed}  {escape(why)}", soft_wrap=True)
    if before is None or after is None:
        return
    place = parting(before.turns, after.turns)
    if place is None:
        console.print("    every word is the same: what differs is in the database or in the checks", style="dim")
        return
    table = Table(show_header=True, expand=True, header_style="dim", box=None, pad_edge=False, padding=(0, 2))
    for name in ("A", "B"):
        table.add_column(f"    {name}, turn {place + 1}", ratio=1)
    table.add_row(_turn(before.turns, place), _turn(after.turns, place))
    console.print(table)


def _turn(turns: Sequence[TurnRecord], place: int) -> str:
    if place >= len(turns):
        return "    (had ended)"
    turn = turns[place]
    said = [*(f"[cyan]▸[/] {escape(line)}" for line in turn.heard), *(f"[magenta]◂[/] {escape(t)}" for t in turn.texts)]
    return "\n".join(f"    {line}" for text in said for line in text.splitlines() if line) or "    (silence)"


def _reasons(one: Conversation) -> str:
    return one.error or "; ".join(dict.fromkeys(verdict.check for verdict in one.verdicts))


def _gates(console: Console, found: Versus) -> None:
    """The gates of the second run. What it hit and the first did not is named as new."""
    show_gates(console, fallen(found.after.conversations(), {}))
    new = found.comparison.new_hits
    if new:
        names = ", ".join(dict.fromkeys(f"{one.suite}/{one.scenario}" for one in new))
        console.print(f"[bold red]New in B:[/] {len(new)} conversations hit a gate: {escape(names)}", soft_wrap=True)
