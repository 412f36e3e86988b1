"""An experiment's report in the terminal."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from channels.commands import experiment_words as words
from core.domain.experiments import Experiment
from core.learning.experiment_analysis import Analysis
from core.learning.proposals import GUARDRAIL_WORDS, Action, describe, propose

_COLOURS = {
    Action.PROMOTE: "green",
    Action.ROLL_BACK: "red",
    Action.DISTRUST: "red",
    Action.WAIT: "yellow",
    Action.START: "cyan",
    Action.DONE: "cyan",
}


def console() -> Console:
    """Wide enough for the tables when nobody's terminal says otherwise."""
    return Console(width=None if sys.stdout.isatty() else 140, highlight=False)


def show(analysis: Analysis, to: Console) -> None:
    """The whole report."""
    experiment = analysis.experiment
    to.print(f"[bold]{escape(experiment.key)}[/] · {escape(words.state(experiment))}")
    to.print(escape(experiment.hypothesis))
    to.print(f"Arms: {escape(words.arms(experiment))}. Metric: {words.METRICS[experiment.metric]}.")
    to.print(_verdict(analysis))
    for table in (_arms(analysis), _comparisons(analysis), _guardrails(analysis)):
        if table.row_count:
            to.print(table)
    to.print(f"[bold]Split[/] {escape(words.split(analysis.split))}")
    to.print(f"[bold]Size[/] {escape(words.outlook(analysis))}")
    for note in words.notes(analysis):
        to.print(f"· {escape(note)}", style="dim")


def show_list(experiments: Sequence[Experiment], to: Console) -> None:
    """All experiments, a line each."""
    table = _table("Experiments", ("key", "state", "since", "until", "winner", "arms", "metric"), ())
    for each in experiments:
        dates = (words.moment(each.started_at), words.moment(each.stopped_at))
        arms, metric = escape(words.arms(each)), words.METRICS[each.metric]
        table.add_row(escape(each.key), each.state, *dates, escape(each.winner or "-"), arms, metric)
    to.print(table)


def _verdict(analysis: Analysis) -> Panel:
    proposal = propose(analysis)
    lines = [f"[bold]{proposal.action.value}[/]", escape(proposal.reason)]
    if proposal.command:
        lines.append(f"[bold]uv run bot.py experiment {escape(proposal.command)}[/]")
    return Panel("\n".join(lines), title="What to do", title_align="left", border_style=_COLOURS[proposal.action])


def _arms(analysis: Analysis) -> Table:
    did = words.METRICS[analysis.experiment.metric]
    table = _table("Arms", ("arm",), ("people", did, "rate", "95% for one look", "chance to be best", "in two arms"))
    for arm in analysis.arms:
        interval = f"{words.rate(arm.rate.low)} to {words.rate(arm.rate.high)}"
        figures = (f"{arm.count.people:,}", f"{arm.count.yes:,}", words.rate(arm.count.rate), interval)
        table.add_row(escape(arm.name), *figures, words.chance(arm.chance_to_be_best), f"{arm.crossed:,}")
    return table


def _comparisons(analysis: Analysis) -> Table:
    control = analysis.experiment.control
    table = _table(
        f"Against {escape(control)}, in percentage points",
        ("arm",),
        ("difference", "lift", "always valid", "one look", "chance to win"),
        ("what can be said",),
    )
    for each in analysis.comparisons:
        effect = each.effect
        intervals = (words.stretch(effect.always), words.stretch(effect.fixed))
        figures = (words.points(effect.estimate), words.lift(effect), *intervals, words.chance(each.chance_to_win))
        table.add_row(escape(each.arm), *figures, escape(describe(each, control)))
    return table


def _guardrails(analysis: Analysis) -> Table:
    table = _table(
        "Guardrails, in percentage points: more is worse",
        ("arm", "guardrail"),
        ("control", "arm", "difference", "always valid"),
        ("what can be said",),
    )
    for each in analysis.comparisons:
        for guardrail, effect in each.guardrails.items():
            rates = (words.rate(effect.control.rate), words.rate(effect.arm.rate))
            figures = (*rates, words.points(effect.estimate), words.stretch(effect.always))
            said = f"[red]{words.harm(effect)}" if guardrail in each.harmed else words.harm(effect)
            table.add_row(escape(each.arm), GUARDRAIL_WORDS[guardrail], *figures, said)
    return table


def _table(title: str, names: Sequence[str], figures: Sequence[str], said: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in names:
        table.add_column(name)
    for name in figures:
        table.add_column(name, justify="right")
    for name in said:
        table.add_column(name)
    return table
