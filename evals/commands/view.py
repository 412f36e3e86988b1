"""`evals view`: read the conversations of a run."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from evals.commands.options import FOLDER, Runs

if TYPE_CHECKING:
    from rich.console import Console

    from evals.record import Conversation, Transcript, TurnRecord
    from evals.results import Run


def view(
    run: Annotated[
        str, typer.Argument(help="A run: its id or a part of it, its folder, latest, or latest~1.")
    ] = "latest",
    scenario: Annotated[str, typer.Argument(help="A scenario; without one, a line for each conversation.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Which of its conversations.")] = 0,
    failed: Annotated[bool, typer.Option("--failed", help="Only conversations that did not pass.")] = False,
    runs: Runs = FOLDER,
) -> None:
    """Read a run: a line for each conversation, or one conversation with its tools and the selection's reasons.

    For example: uv run -m evals view latest precio-directo
    """
    from core.errors import BrendaError
    from evals.commands.performing import console, fail
    from evals.results import find

    try:
        found = find(run, runs)
        if scenario:
            _conversation(console(), found, scenario, seed)
        else:
            _overview(console(), found, failed)
    except BrendaError as error:
        fail(error)
    except BrokenPipeError:
        sys.exit(1)


def _overview(console: "Console", run: "Run", failed: bool) -> None:
    from rich.markup import escape

    info = run.info
    console.print(
        f"{run.name}: model {info.model}, prompts {info.prompts} ({info.prompt_hash[:12]}), code {info.revision}"
    )
    for one in run.conversations():
        if not (failed and one.passed):
            mark = "[green]✓[/]" if one.passed else "[yellow]∅[/]" if one.void else "[red]✗[/]"
            why = one.error or "; ".join(verdict.check for verdict in one.verdicts)
            head = f"{mark} {one.suite}/{one.scenario} seed {one.seed}: {one.end} after {one.turns} turns"
            console.print(f"{head}{'  ' + escape(why) if why else ''}", soft_wrap=True)


def _conversation(console: "Console", run: "Run", scenario: str, seed: int) -> None:
    from core.errors import EvalError

    one = next((each for each in run.conversations() if (each.scenario, each.seed) == (scenario, seed)), None)
    transcript = run.transcript(scenario, seed)
    if one is None or transcript is None:
        known = sorted({f"{each.scenario}[{each.seed}]" for each in run.conversations()})
        raise EvalError(f"{run.name} has no conversation {scenario}[{seed}]; there are: {', '.join(known[:30])}.")
    _show(console, one, transcript)


def _show(console: "Console", one: "Conversation", transcript: "Transcript") -> None:
    from rich.markup import escape

    console.print(f"[bold]{one.suite}/{one.scenario}[/] seed {one.seed}, {one.persona}, arm {one.arm or '-'}")
    for turn in transcript.turns:
        _turn(console, turn)
    console.print(f"\nend: {one.end} (right: {' or '.join(one.right_end)}); {one.left_because}")
    for verdict in one.verdicts:
        where = f"turn {verdict.turn}" if verdict.turn else "end"
        text = f"{where} · {verdict.check}: expected {verdict.expected}, actual {verdict.actual}"
        console.print(f"[red]✗[/] {escape(text)}", soft_wrap=True)
    if one.error:
        console.print(f"[red]{escape(one.error)}[/]", soft_wrap=True)


def _turn(console: "Console", turn: "TurnRecord") -> None:
    from rich.markup import escape

    console.print(f"\n[dim]{turn.number} · {turn.at[:16]} · {turn.stage}[/]")
    for line in turn.heard:
        console.print(f"[cyan]▸[/] {escape(line)}", soft_wrap=True)
    for call in turn.tools:
        arguments = ", ".join(f"{key}={value!r}" for key, value in call["args"].items())
        missing = f" → {call['missing']}" if call["missing"] else ""
        console.print(f"[dim]  {call['name']}({escape(arguments)}){missing}[/]")
    if turn.selection:
        chances = sorted(turn.selection["probabilities"].items(), key=lambda pair: -pair[1])[:4]
        likely = ", ".join(f"{name} {chance:.0%}" for name, chance in chances)
        refused = ", ".join(f"{name}: {why}" for name, why in turn.selection["refused"].items())
        console.print(
            f"[dim]  drew {turn.selection['suggestion']} of {likely}{'; not ' + refused if refused else ''}[/]"
        )
    for text in turn.texts:
        console.print(f"[magenta]◂[/] {escape(text)}", soft_wrap=True)
    for button in turn.buttons:
        console.print(f"  [dim]\\[{escape(button['label'])}][/] {escape(button.get('url', ''))}", soft_wrap=True)
    for file in turn.media:
        console.print(f"  [dim]{file['kind']} {file['path']}[/]")
