"""How a training's outcome is read in a terminal: the scores on the later period, what matters, and the verdict."""

import math

from rich.console import Console
from rich.table import Table

from core.learning.scores import Interval, Scores
from core.learning.splitting import LATER
from core.learning.training import Outcome


def show_outcome(console: Console, outcome: Outcome, later: str) -> None:
    """Print everything but the verdict. `later` names the part that judges, such as "later period"."""
    counts = outcome.counts
    console.print(
        f"Learned from {counts['early_examples']:.0f} rows of {counts['early_people']:.0f} people (outcome in "
        f"{counts['early_rate']:.1%}), judged on {counts['late_examples']:.0f} rows of {counts['late_people']:.0f} "
        f"other people ({counts['late_rate']:.1%}), the {later}, about {LATER:.0%} of the people."
    )
    if left_out := counts["left_out_open"] + counts["left_out_returning"]:
        console.print(
            f"{left_out:.0f} rows are left out: {counts['left_out_open']:.0f} whose outcome was not known at the "
            f"cut, {counts['left_out_returning']:.0f} of people who are in the earlier part."
        )
    for name, loss in outcome.tried.items():
        console.print(f"  cross-validated log loss {loss:.4f}: {name}", style="dim")
    console.print(_scores(outcome, later))
    if outcome.importances:
        console.print(_importances(outcome))
    for warning in outcome.warnings:
        console.print(f"Warning: {warning}", style="yellow", markup=False)


def base_rate_line(outcome: Outcome) -> str:
    """Whether any feature tells something."""
    gain = outcome.signal[1]
    if outcome.beats_base_rate:
        return f"Better than the base rate by {_text(gain)} nats a row."
    return (
        f"No feature beats the base rate (gain in log loss {_text(gain)}): the prediction is the base rate, "
        f"{outcome.trained.rate:.1%}, for everybody."
    )


def _scores(outcome: Outcome, later: str) -> Table:
    table = Table(title=f"On the {later}, with 95 % intervals over people", title_justify="left")
    table.add_column("")
    for name in ("AUC", "Brier", "log loss", "calibration error"):
        table.add_column(name, justify="right")
    for name, scores in outcome.later.items():
        table.add_row(name, *_cells(scores))
    return table


def _cells(scores: Scores) -> list[str]:
    return [*(_text(each) for each in (scores.auc, scores.brier, scores.log_loss)), f"{scores.calibration_error:.3f}"]


def _importances(outcome: Outcome) -> Table:
    table = Table(title="What the ranking loses without a feature (permutation, AUC)", title_justify="left")
    table.add_column("feature")
    table.add_column("loss", justify="right")
    table.add_column("")
    for one in outcome.importances:
        table.add_row(one.feature, _text(one.auc), "" if one.auc.low > 0 else "cannot be told from nothing")
    return table


def _text(interval: Interval) -> str:
    if math.isnan(interval.value):
        return "-"
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"
