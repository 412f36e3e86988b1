"""`bot.py policy`: judge another policy by the log, see what the tools do, and teach the recommender."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from core.db.database import open_database
from core.db.pool import Pool
from core.domain.clock import system_clock
from core.domain.decisions import REWARDS, Period, Reward
from core.errors import BrendaError, CandidateError
from core.settings import Settings, load_settings

T = TypeVar("T")

policy_app = typer.Typer(
    help="Which tool is suggested, and how well that works.\n\n"
    "Every suggestion is drawn from known probabilities and recorded, so another policy can be judged by what was "
    "recorded, without being tried on people. Only people who ticked consent to learning are in it.\n\n"
    "For example: policy evaluate --policy candidate.toml; policy tools; policy learn; policy versions; policy use 3",
    rich_markup_mode=None,
    no_args_is_help=True,
)


class Count(StrEnum):
    """What a decision is judged by."""

    REWARD = "reward"
    STEP = "step"
    SALE = "sale"


Days = Annotated[int, typer.Option(min=1, help="How many days of decisions, the last ones whose window is over.")]
Window = Annotated[int, typer.Option(min=1, help="Days within which an outcome counts for a decision.")]
Counted = Annotated[
    Count,
    typer.Option(help="reward: a sale 1, a step of the funnel 0.3; step: the share with either; sale: with a sale."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same figures.")]


@policy_app.command()
def evaluate(
    *,
    policy: Annotated[
        Path,
        typer.Option(
            help="The candidate: entries like prompts/selection.toml, all or only those that differ, as .toml or .yaml."
        ),
    ],
    days: Days = 30,
    window: Window = 7,
    count: Counted = Count.REWARD,
    least_effective: Annotated[
        float, typer.Option(min=1, help="Effective decisions below which no figure is given.")
    ] = 100.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Tell what another policy would have earned on the last month's chats. Exit code 3 when the log cannot tell.

    Each decision is judged by itself, the turns after it as they were. The log cannot tell when the candidate suggests
    what was never drawn, or so differently that few decisions carry all the weight; then it says so, and why.

    For example, with a candidate.toml of two lines, [stages.conversation] and create_demo_link = 2.0:

    uv run bot.py policy evaluate --policy candidate.toml

    Everybody in one arm: put arm = "consultative" on the first line. Without what the recommender leaned:
    recommender = "none".
    """
    reward = _reward(count, window)
    settings = _settings()
    with _failing():
        candidate = _candidate(policy, settings)

    async def judge(pool: Pool) -> int:
        from channels.commands import policy_tables
        from core.learning.policy_evaluation import STEPS, evaluate

        period = await _period(pool, days, reward)
        with _progress(STEPS, as_json) as advance:
            found = evaluate(
                period.decisions,
                candidate.probabilities,
                reward,
                least_effective=least_effective,
                seed=seed,
                advance=advance,
            )
        if as_json:
            _print_json({**_about(period, count, reward), "verdict": found.verdict, **asdict(found)})
        else:
            policy_tables.show_evaluation(_console(), found, period, count.value, reward)
        return 3 if found.refusals else 0

    raise typer.Exit(_with_database(settings, judge))


@policy_app.command()
def tools(
    *,
    days: Days = 30,
    window: Window = 7,
    count: Counted = Count.STEP,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Show each tool's use, its naive rate, and what suggesting it truly changes, with the reason for the difference.

    For example, by sales only, over three months: uv run bot.py policy tools --count sale --days 90
    """
    reward = _reward(count, window)

    async def report(pool: Pool) -> int:
        from channels.commands import policy_tables
        from core.learning.offline_policy import FOLDS
        from core.learning.tool_report import tool_report

        period = await _period(pool, days, reward)
        with _progress(FOLDS, as_json) as advance:
            rows = tool_report(period.decisions, reward, seed=seed, advance=advance)
        if as_json:
            _print_json({**_about(period, count, reward), "tools": [{**asdict(row), "why": row.why} for row in rows]})
        else:
            policy_tables.show_tools(_console(), rows, period, count.value, reward)
        return 0

    raise typer.Exit(_with_database(_settings(), report))


@policy_app.command()
def learn(
    *,
    days: Annotated[int, typer.Option(min=1, help="How many days of decisions to learn from.")] = 180,
    window: Window = 7,
) -> None:
    """Teach the recommender anew from the log and put it in force; every process leans by it from its next turn on.

    Erasures and ticks taken back are out of it with the next version, so run it at least as often as you promise that.

    For example, every night: uv run bot.py policy learn
    """
    reward = _reward(Count.REWARD, window)

    async def teach(pool: Pool) -> int:
        from channels.commands import policy_tables
        from core.learning.recommender_training import relearn

        now = system_clock()
        lesson = await relearn(pool, now, reward, now - timedelta(days=days))
        policy_tables.show_lesson(_console(), lesson)
        return 0

    raise typer.Exit(_with_database(_settings(), teach))


@policy_app.command()
def versions() -> None:
    """List what the recommender learned, newest first, and which version is in force.

    For example: uv run bot.py policy versions
    """

    async def show(pool: Pool) -> int:
        from channels.commands import policy_tables
        from core.db import recommenders

        async with pool.connection() as conn:
            policy_tables.show_versions(_console(), await recommenders.newest(conn))
        return 0

    raise typer.Exit(_with_database(_settings(), show))


@policy_app.command()
def use(
    version: Annotated[str, typer.Argument(help='A number from `policy versions`, or "none" to lean to nothing.')],
) -> None:
    """Put a version of the recommender in force: go back to an older one, or do without.

    For example: uv run bot.py policy use none
    """
    if version != "none" and not version.isdigit():
        raise typer.BadParameter(f'{version!r} should be a number from `policy versions`, or "none"')
    wanted = None if version == "none" else int(version)

    async def put(pool: Pool) -> int:
        from core.db import recommenders

        async with pool.connection() as conn:
            if not await recommenders.put_in_force(conn, wanted):
                raise typer.BadParameter(f"there is no version {version}; see: policy versions")
        typer.echo(f"In force: {version}.")
        return 0

    raise typer.Exit(_with_database(_settings(), put))


def _reward(count: Count, window: int) -> Reward:
    return replace(REWARDS[count.value], window=timedelta(days=window))


def _candidate(path: Path, settings: Settings) -> Any:
    from agent.candidate import read_candidate

    form: Literal["toml", "yaml"] = "yaml" if path.suffix.lower() in (".yaml", ".yml") else "toml"
    current = settings.prompts_dir / "selection.toml"
    try:
        return read_candidate(path.read_text(encoding="utf-8"), form, current.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise CandidateError(f"A file cannot be read: {error}.") from None


async def _period(pool: Pool, days: int, reward: Reward) -> Period:
    from core.db import decisions

    now = system_clock()
    since = now - reward.window - timedelta(days=days)
    async with pool.connection() as conn:
        return await decisions.between(conn, since, now, reward.window, now)


def _about(period: Period, count: Count, reward: Reward) -> dict[str, Any]:
    return {
        "since": period.since,
        "until": period.until,
        "count": count.value,
        "window_days": reward.window.days,
        "decisions": len(period.decisions),
        "without_consent": period.unconsented,
        "still_open": period.undecided,
    }


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value)))


@contextmanager
def _progress(steps: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on standard error; what is given advances it by one."""
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("fitting", total=steps)
        yield lambda: bar.advance(task)


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def _settings() -> Settings:
    with _failing():
        return load_settings(Path(".env"))


@contextmanager
def _failing() -> Iterator[None]:
    """An error of ours is a message and not a traceback."""
    try:
        yield
    except BrendaError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None


def _with_database(settings: Settings, work: Callable[[Pool], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_database(settings) as pool:
            return await work(pool)

    with _failing():
        return asyncio.run(opened())
