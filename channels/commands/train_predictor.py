"""The commands about the conversion predictor: train it, list its versions, roll one back.

What learns is imported when it is needed: every command of `bot.py` imports this module, and few of them learn.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.db.database import open_database
from core.domain.clock import system_clock
from core.errors import BrendaError, TrainingError
from core.settings import Settings, load_settings

if TYPE_CHECKING:
    from core.db.predictors import PredictorRow
    from core.learning.lead_training import LeadTraining
    from core.learning.table import Wish
    from core.learning.table_training import TableTraining
    from core.learning.training import Plan

app = typer.Typer(
    help="The conversion predictor's versions: list them, and roll back to the one before.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


def train(
    *,
    csv: Annotated[
        Path | None, typer.Option(help="Learn from this CSV file instead of the leads; stores nothing.")
    ] = None,
    target: Annotated[str, typer.Option(help="With --csv: the column with the outcome, two values.")] = "",
    positive: Annotated[str, typer.Option(help="With --csv: the target's value that counts as the outcome.")] = "",
    group: Annotated[str, typer.Option(help="With --csv: the column that tells the person; nobody is split.")] = "",
    time: Annotated[str, typer.Option(help="With --csv: the column of time; later rows judge.")] = "",
    drop: Annotated[list[str] | None, typer.Option(help="With --csv: a column to leave out; may be repeated.")] = None,
    window: Annotated[int, typer.Option(min=1, help="Days within which a sale counts for a decision.")] = 14,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 0,
) -> None:
    """Train the conversion predictor, and let it serve only if it beats what serves now.

    Reads only leads who ticked consent to learning. Learns from the earlier period; a random forest and gradient
    boosting compete, calibrated. On the later period the winner must beat the scorecard on the Brier score and on the
    log loss by more than its error; else the scorecard stays. Workers use a new version from their next turn on.

    For example: uv run bot.py train predictor

    On any table, to see how good the method is; it warns of columns that look like leaks:

    uv run bot.py train predictor --csv leads.csv --target Converted --group "Customer ID" --drop Tags
    """
    from core.learning.table import Wish
    from core.learning.training import Plan

    console, plan = Console(highlight=False), Plan(seed=seed)
    try:
        if csv is None:
            _refuse_table_options(target, positive, group, time, drop)
            asyncio.run(_train_on_leads(console, _settings(), plan, timedelta(days=window)))
        else:
            if not target:
                raise TrainingError("--csv needs --target, the name of the column with the outcome.")
            wish = Wish(target, group, time, positive, tuple(drop or ()))
            _show_table(console, _train_on_table(console, csv, wish, plan))
    except BrendaError as error:
        _fail(error)


@app.command("list")
def list_versions() -> None:
    """Every training's outcome, the newest first, and which one serves.

    For example: uv run bot.py predictor list
    """
    _run(_list(Console(highlight=False), _settings()))


@app.command()
def rollback() -> None:
    """Take the version that serves out of service: the one before serves again, and before the first the scorecard.

    In force at the next turn of every worker. For example: uv run bot.py predictor rollback
    """
    _run(_roll_back(Console(highlight=False), _settings()))


async def _train_on_leads(console: Console, settings: Settings, plan: "Plan", window: timedelta) -> None:
    from core.learning.lead_training import train_on_leads

    async with open_database(settings) as pool:
        with _progress(console) as progress:
            task = progress.add_task("reading leads", total=None)

            def reading(done: int, count: int) -> None:
                progress.update(task, completed=done, total=count)

            def advance(what: str) -> None:
                progress.update(task, description=what, total=None)

            trained = await train_on_leads(
                pool, plan, now=system_clock(), reading=reading, advance=advance, window=window
            )
    _show_leads(console, trained)


def _train_on_table(console: Console, path: Path, wish: "Wish", plan: "Plan") -> "TableTraining":
    from core.learning.table_training import train_on_table

    with _progress(console) as progress:
        task = progress.add_task("reading", total=plan.steps + 1)

        def advance(what: str) -> None:
            progress.update(task, description=what, advance=1)

        return train_on_table(path, wish, plan, advance)


def _show_leads(console: Console, trained: "LeadTraining") -> None:
    from channels.commands.predictor_report import base_rate_line, show_outcome

    outcome = trained.outcome
    show_outcome(console, outcome, f"period from {trained.cut:%Y-%m-%d} on")
    console.print(base_rate_line(outcome))
    for duel in outcome.duels:
        gains = (
            f"Brier {duel.brier.value:+.4f} ({duel.brier.low:+.4f} to {duel.brier.high:+.4f})",
            f"log loss {duel.log_loss.value:+.4f} ({duel.log_loss.low:+.4f} to {duel.log_loss.high:+.4f})",
        )
        verdict = "better by more than the error" if duel.won else "not better by more than the error"
        console.print(f"Against {duel.rival}: gain in {gains[0]}, in {gains[1]}: {verdict}.")
    if trained.serves:
        console.print(
            f"{trained.name} serves from the next turn on. Take it back with: uv run bot.py predictor rollback"
        )
    else:
        console.print(f"{outcome.duels[-1].rival} stays. The outcome is kept as {trained.name}, which does not serve.")


def _show_table(console: Console, trained: "TableTraining") -> None:
    from channels.commands.predictor_report import base_rate_line, show_outcome

    for note in trained.table.notes:
        console.print(note, markup=False)
    console.print(f"The outcome is {trained.table.positive!r}.", markup=False)
    show_outcome(console, trained.outcome, "later part" if trained.table.timed else "part held out")
    console.print(base_rate_line(trained.outcome))


async def _list(console: Console, settings: Settings) -> None:
    from core.db import predictors

    async with open_database(settings) as pool, pool.connection() as conn:
        rows = await predictors.newest(conn)
    table = Table()
    for name in ("version", "trained", "recipe", "AUC", "Brier", "log loss", "state"):
        table.add_column(name)
    for row in rows:
        table.add_row(*_line(row))
    serving = not any(row.active for row in rows)
    table.add_row("scorecard", "", "weights in the code", "", "", "", "serves" if serving else "")
    console.print(table)


def _line(row: "PredictorRow") -> list[str]:
    judged = row.report.get("later", {}).get(row.kind, {})
    figures = [f"{judged[name][0]:.3f}" if judged.get(name) else "" for name in ("auc", "brier", "log_loss")]
    state = "serves" if row.active else "withdrawn" if row.withdrawn_at else "ready" if row.activated_at else "refused"
    return [row.name, f"{row.trained_at:%Y-%m-%d %H:%M}", str(row.report.get("recipe", "")), *figures, state]


async def _roll_back(console: Console, settings: Settings) -> None:
    from core.db import predictors

    async with open_database(settings) as pool, pool.connection() as conn:
        before = {row.id: row.name for row in await predictors.newest(conn)}
        withdrawn = await predictors.withdraw(conn, system_clock())
        now = await predictors.active(conn)
    if withdrawn is None:
        console.print("The scorecard serves already; there is nothing to roll back.")
        return
    name = "the scorecard" if now is None else before.get(now, str(now))
    console.print(f"{before.get(withdrawn, withdrawn)} is withdrawn; {name} serves from the next turn on.")


def _refuse_table_options(*given: object) -> None:
    if any(given):
        raise TrainingError(
            "--target, --positive, --group, --time and --drop belong to --csv; leads need none of them."
        )


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def _settings() -> Settings:
    try:
        return load_settings(Path(".env"))
    except BrendaError as error:
        _fail(error)


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except BrendaError as error:
        _fail(error)


def _fail(error: BrendaError) -> NoReturn:
    typer.secho(str(error), fg="red", err=True)
    raise typer.Exit(1)
