"""`bot.py jobs`: what waits, what runs, and what failed for good and why; and another try for that."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from core.db import queue_report
from core.db.database import open_database
from core.db.pool import Pool
from core.db.queue_report import Entry, Standing
from core.domain.clock import system_clock
from core.errors import BrendaError
from core.integrations.queue import Job, Queue, queue_app
from core.settings import load_settings

T = TypeVar("T")

_COLOURS = {Standing.WAITING.value: "cyan", Standing.RUNNING.value: "green", Standing.FAILED.value: "red"}

jobs_app = typer.Typer(
    help="What the machinery has under way, and what it gave up: jobs, messages, e-mails, the CRM, webhook events.\n\n"
    "For example: jobs; jobs --failed; jobs retry job:12",
    rich_markup_mode=None,
    invoke_without_command=True,
    no_args_is_help=False,
)


@jobs_app.callback()
def show(
    command: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="Only what failed for good.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show what waits, runs and failed, with the reason."""
    if command.invoked_subcommand is not None:
        return
    states = frozenset({Standing.FAILED}) if failed else frozenset(Standing)

    async def read(pool: Pool) -> list[Entry]:
        async with pool.connection() as conn:
            return await queue_report.listed(conn, states, limit)

    entries = _with_database(read)
    if as_json:
        _print_json(entries)
    else:
        _print_table(entries, limit)


@jobs_app.command()
def retry(
    reference: Annotated[str, typer.Argument(help="What to try again, as `jobs` names it: job:12, outbox:5.")],
) -> None:
    """Let something that failed for good be tried again from the start.

    For example: uv run bot.py jobs retry outbox:5
    """
    kind, _, number = reference.partition(":")
    if not number.isdecimal() or int(number) >= 2**63:
        raise typer.BadParameter(f"{reference!r} should be a kind and a number, such as job:12 (see: jobs --failed)")

    async def again(pool: Pool) -> bool:
        async with queue_app(pool) as app, pool.connection() as conn, conn.transaction():
            done = await queue_report.retry(conn, kind, int(number), system_clock())
            if done and kind == "webhook":
                await Queue(app).defer(conn, Job.WEBHOOK, event=int(number))
            return done

    if not _with_database(again):
        typer.secho(f"{reference} has not failed, or may not be tried again. See: jobs --failed", fg="red", err=True)
        raise typer.Exit(1)
    typer.echo(f"{reference} is tried again.")


def _print_json(entries: Sequence[Entry]) -> None:
    for entry in entries:
        row = {"reference": entry.reference, **asdict(entry)}
        typer.echo(
            json.dumps(row, default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value))
        )


def _print_table(entries: Sequence[Entry], limit: int) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    if not entries:
        console.print("Nothing waits, nothing runs, nothing has failed.")
        return
    table = Table(title=f"{len(entries)} entries", title_justify="left", title_style="bold")
    for column in ("what", "name", "state", "since / due (UTC)", "tries"):
        table.add_column(column, no_wrap=True)
    table.add_column("reason", overflow="fold")
    for entry in entries:
        table.add_row(*_cells(entry))
    console.print(table)
    if len(entries) == limit:
        console.print(f"There may be more than {limit}: see --limit.")


def _cells(entry: Entry) -> tuple[str, ...]:
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}" if entry.at else ""
    state = f"[{_COLOURS.get(entry.state, 'white')}]{entry.state}[/]"
    return entry.reference, entry.name, state, at, str(entry.attempts), (entry.reason or "").replace("[", "\\[")


def _with_database(work: Callable[[Pool], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_database(load_settings(Path(".env"))) as pool:
            return await work(pool)

    try:
        return asyncio.run(opened())
    except BrendaError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None
