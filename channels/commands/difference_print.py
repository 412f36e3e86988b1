"""How the difference between two folders of prompts is printed: a place after the other, each change as a diff."""

from collections.abc import Iterable
from itertools import groupby

import typer

from core.prompts.fault import Fault
from core.prompts.prompt_difference import Comparison, Difference, Kind, counted

_COLOURS = {"+": "green", "-": "red", "@": "blue"}
_COUNTED = {
    Kind.CHANGED: "read otherwise",
    Kind.UNSEEN: "differ where no sample shows it",
    Kind.TEXT: "compared as text",
    Kind.ADDED: "new",
    Kind.REMOVED: "gone",
}


def show(comparison: Comparison, before: str, after: str) -> None:
    """Print all of it; what could not be rendered goes to standard error, with the side on which it is."""
    _show_faults(comparison.faults_before, before)
    _show_faults(comparison.faults_after, after)
    for place, found in groupby(comparison.differences, lambda one: one.place):
        typer.secho(f"══ {place}", bold=True)
        for one in found:
            _show_one(one)
    typer.echo(summary(comparison.differences, before, after))


def summary(differences: Iterable[Difference], before: str, after: str) -> str:
    """One line that counts templates and files."""
    counts = counted(differences)
    told = ", ".join(f"{counts[kind]} {words}" for kind, words in _COUNTED.items() if kind in counts)
    return f"{before} → {after}: {told or 'the same'}"


def _show_faults(faults: Iterable[Fault], where: str) -> None:
    for fault in faults:
        typer.secho(f"{where}: {fault}", fg="yellow", err=True)


def _show_one(one: Difference) -> None:
    notes = [one.samples or str(one.kind), *([f"also in {', '.join(one.also)}"] if one.also else [])]
    typer.secho(f"── {one.name} ({'; '.join(notes)})", fg="cyan")
    for line in one.lines:
        typer.secho(line, fg=_COLOURS.get(line[:1]))
    typer.echo()
