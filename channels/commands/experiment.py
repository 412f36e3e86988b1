"""`bot.py experiment`: write an experiment down, start it, look at it, and stop it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from core.db.pool import Connection
from core.domain.clock import system_clock
from core.domain.experiments import Experiment, Guardrail, Metric, Namespace
from core.errors import BrendaError
from core.settings import Settings, load_settings

T = TypeVar("T")

experiment_app = typer.Typer(
    help="Try an arm on some people, see whether it works, and keep it or not.\n\n"
    "An arm is a way of talking and choosing help: prompts/arms/NAME.md.j2 and [arms.NAME] in prompts/selection.toml. "
    "Each person keeps the arm that they met first.\n\n"
    "For example: experiment create calm --hypothesis 'Asking first brings more demos.' --arm control --arm "
    "consultative --baseline 8% --effect 20%; experiment start calm; experiment report calm; "
    "experiment stop calm --winner consultative",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Key = Annotated[str, typer.Argument(help="The experiment's name.")]


def _share(value: object) -> float:
    """A share, as 8% or 0.08. Defaults come through here too, as numbers."""
    text = str(value)
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} should be a share such as 8% or 0.08") from None


def _arms(values: list[str]) -> dict[str, float]:
    """Arms with their traffic weights, each as consultative=1; the weight is 1 when it is left out."""
    arms: dict[str, float] = {}
    for value in values:
        name, _, weight = value.partition("=")
        if name in arms:
            raise typer.BadParameter(f"the arm {name!r} is named twice")
        try:
            arms[name] = float(weight or "1")
        except ValueError:
            raise typer.BadParameter(f"{value!r} should be an arm and its weight, such as consultative=1") from None
    return arms


def _namespace(value: str) -> Namespace:
    """A stretch of a namespace, as talk:0:0.5."""
    try:
        name, start, end = value.split(":")
        return Namespace(name=name, start=float(start), end=float(end))
    except ValueError:
        raise typer.BadParameter(
            f"{value!r} should be a name and a stretch between 0 and 1, such as talk:0:0.5"
        ) from None


@experiment_app.command()
def create(
    key: Key,
    *,
    hypothesis: Annotated[str, typer.Option(help="What is expected, in a sentence.")],
    arms: Annotated[
        list[str],
        typer.Option("--arm", metavar="NAME[=WEIGHT]", help="An arm and its share of people; repeat it."),
    ],
    control: Annotated[str, typer.Option(help="The arm that the others are compared with.")] = "control",
    metric: Annotated[Metric, typer.Option(help="What there should be more of.")] = Metric.DEMO_REQUESTED,
    guardrails: Annotated[
        list[Guardrail] | None,
        typer.Option("--guardrail", help="What there must not be more of; repeat it. All of them by default."),
    ] = None,
    baseline: Annotated[
        float, typer.Option(parser=_share, metavar="SHARE", help="The control's expected rate, such as 8%.")
    ] = 0.1,
    effect: Annotated[
        float, typer.Option(parser=_share, metavar="SHARE", help="The smallest relative lift worth having.")
    ] = 0.2,
    window_days: Annotated[float, typer.Option(help="How long after exposure an outcome counts.")] = 7.0,
    people: Annotated[int | None, typer.Option(help="People planned in each arm; worked out when left out.")] = None,
    coverage: Annotated[
        float, typer.Option(parser=_share, metavar="SHARE", help="The share of people who take part at all.")
    ] = 1.0,
    namespace: Annotated[
        Namespace | None,
        typer.Option(
            parser=_namespace, metavar="NAME:FROM:TO", help="Its stretch, to run beside another without sharing people."
        ),
    ] = None,
    seed: Annotated[str | None, typer.Option(help="What people are hashed with; the key when left out.")] = None,
) -> None:
    """Write an experiment down. Nobody is in it before it is started.

    For example: uv run bot.py experiment create calm --hypothesis "Asking first brings more demos." --arm control
    --arm consultative --baseline 8% --effect 20%
    """
    from core.learning import experiments

    given: dict[str, Any] = {
        "key": key,
        "hypothesis": hypothesis,
        "arms": _arms(arms),
        "control": control,
        "metric": metric,
        "guardrails": tuple(guardrails) if guardrails else tuple(Guardrail),
        "baseline": baseline,
        "minimum_effect": effect,
        "window_days": window_days,
        "coverage": coverage,
        "namespace": namespace,
    }
    given |= {"people_per_arm": people} if people is not None else {}
    given |= {"seed": seed} if seed is not None else {}

    async def run(conn: Connection, settings: Settings) -> Experiment:
        return await experiments.create(conn, experiments.draft(_arms_of(settings), **given))

    made = _with_database(run)
    typer.echo(
        f"{made.key} is written down: about {made.people_per_arm:,} people in each of {len(made.arms)} arms. "
        f"Next: uv run bot.py experiment start {made.key}"
    )


@experiment_app.command()
def start(key: Key) -> None:
    """Let it take people from now on.

    For example: uv run bot.py experiment start calm
    """
    from core.learning import experiments

    async def run(conn: Connection, settings: Settings) -> Experiment:
        return await experiments.start(conn, key, _arms_of(settings), system_clock())

    started = _with_database(run)
    typer.echo(f"{started.key} is running. Look as often as you like: uv run bot.py experiment report {started.key}")


@experiment_app.command()
def stop(
    key: Key,
    winner: Annotated[
        str | None, typer.Option(help="The arm that new people get from now on; everybody else keeps theirs.")
    ] = None,
) -> None:
    """Stop it. Without a winner it is rolled back: everybody leaves their arm.

    For example: uv run bot.py experiment stop calm --winner consultative
    """
    from core.learning import experiments

    async def run(conn: Connection, _: Settings) -> Experiment:
        return await experiments.stop(conn, key, winner, system_clock())

    stopped = _with_database(run)
    won = f". New people get {stopped.winner}; the others keep their arm."
    typer.echo(f"{stopped.key} is stopped{won if winner else ' and rolled back: everybody leaves their arm.'}")


@experiment_app.command()
def report(
    key: Annotated[str, typer.Argument(help="The experiment's name; all are listed without one.")] = "",
    html: Annotated[
        Path | None, typer.Option(help="Also write a page with interval plots there.", dir_okay=False)
    ] = None,
    settled: Annotated[
        bool, typer.Option("--settled", help="Leave out people whose outcome may still change.")
    ] = False,
) -> None:
    """Say what it shows so far, and what to do. Looking often does no harm: the intervals allow for it.

    For example: uv run bot.py experiment report tone --html tone.html
    """
    from channels.commands.experiment_page import page
    from channels.commands.experiment_tables import console, show, show_list
    from core.db import experiments as rows
    from core.learning import experiments

    if not key:
        show_list(_with_database(lambda conn, _: rows.every(conn)), console())
        return
    analysis = _with_database(lambda conn, _: experiments.report(conn, key, system_clock(), settled))
    show(analysis, console())
    if html:
        _write(html, page(analysis))
        typer.echo(f"The page is in {html}.")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.secho(f"{path} cannot be written: {error.strerror}.", fg="red", err=True)
        raise typer.Exit(1) from None


def _arms_of(settings: Settings) -> frozenset[str]:
    """The arms that the prompts give a meaning to: weights of tools, and a directive."""
    from agent.policy import parse_policy
    from core.prompts.prompt_set import PromptSet

    prompts = PromptSet.load(settings.prompts_dir)
    return frozenset(arm for arm in parse_policy(prompts.text("selection.toml")).arms if prompts.has(f"arms/{arm}"))


def _with_database(run: Callable[[Connection, Settings], Awaitable[T]]) -> T:
    """Run on the configured database or the embedded one; an error of ours is a message and no traceback."""
    from core.db.database import open_database

    async def opened() -> T:
        settings = load_settings(Path(".env"))
        async with open_database(settings) as pool, pool.connection() as conn:
            return await run(conn, settings)

    try:
        return asyncio.run(opened())
    except BrendaError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(1)
