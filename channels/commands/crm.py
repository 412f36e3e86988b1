"""`bot.py crm`: tell the CRM of everybody, as they are now."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.db.database import open_database
from core.db.pool import Pool
from core.domain.clock import system_clock
from core.errors import BrendaError, SettingsError
from core.settings import Settings, load_settings
from core.world.crm_sync import CrmSync, Tally

crm_app = typer.Typer(
    help="HubSpot: contacts and deals.\n\nA running Brenda tells it of every change; this is for the first day, and "
    "for the day after HubSpot lost something.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@crm_app.callback()
def crm() -> None:
    """Leave `sync` a command of its own."""


@crm_app.command()
def sync(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only leads seen since this day (UTC).")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also tell what HubSpot was told already.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; needs no token.")] = False,
) -> None:
    """Tell HubSpot of every lead who agreed to talk. Ctrl-C keeps what was done; the next run goes on from there.

    For example: uv run bot.py crm sync --since 2026-11-01 --dry-run
    """
    try:
        settings = load_settings(Path(".env"))
        if settings.hubspot_token is None and not dry_run:
            raise SettingsError("HUBSPOT_TOKEN: is needed to tell HubSpot anything; --dry-run works without.")
        finished = asyncio.run(_sync(settings, since.replace(tzinfo=UTC) if since else None, everything, dry_run))
    except BrendaError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if finished else 1)


async def _sync(settings: Settings, since: datetime | None, everything: bool, dry_run: bool) -> bool:
    """Whether nobody was refused. What was done is told also when this ends early."""
    async with open_database(settings) as pool:
        tally = Tally()
        try:
            await _work(pool, settings, since, everything=everything, dry_run=dry_run, tally=tally)
        except BaseException:
            typer.echo(f"Ended early: {tally.told} told, {tally.unchanged} unchanged. Run it again to go on.")
            raise
    told = "would be told" if dry_run else "told"
    typer.echo(f"{tally.told} {told}, {tally.unchanged} unchanged, {tally.withheld} without consent or gone.")
    for lead, reason in tally.refused:
        typer.secho(f"lead {lead}: {reason}", fg="red", err=True)
    return not tally.refused


async def _work(
    pool: Pool, settings: Settings, since: datetime | None, *, everything: bool, dry_run: bool, tally: Tally
) -> None:
    from channels.jobs.services import hubspot
    from core.db import crm as leads
    from core.integrations.hubspot_record import read_stages
    from core.world.crm import CrmDesk

    async with pool.connection() as conn:
        found = await leads.to_tell(conn, since)
    desk = CrmDesk(pool, None if dry_run else hubspot(settings), read_stages(), system_clock)
    with _bar() as bar:
        task = bar.add_task("counting" if dry_run else "telling HubSpot", total=len(found))
        syncing = CrmSync(desk, everything, lambda: bar.advance(task))
        await (syncing.preview(found, tally) if dry_run else syncing.run(found, tally))


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
