"""`bot.py outbox`: read what goes out, and what would go out if a service were configured."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from core.db.database import open_database
from core.db.pool import Pool
from core.domain.clock import system_clock
from core.errors import BrendaError
from core.settings import load_settings

T = TypeVar("T")


class Channel(StrEnum):
    """Where rows go."""

    EMAIL = "email"
    CRM = "crm"
    STARS = "stars"
    TELEGRAM = "telegram"
    CONSOLE = "console"


class Status(StrEnum):
    """What became of a row."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    RECORDED = "recorded"
    WITHHELD = "withheld"


def outbox(
    *,
    channel: Annotated[Channel | None, typer.Option(help="Only these rows.")] = None,
    status: Annotated[Status | None, typer.Option(help='Only these; "failed" are the dead letters.')] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 30,
    show: Annotated[int | None, typer.Option(help="Print this row: the e-mail, or what the CRM was told.")] = None,
    html: Annotated[Path | None, typer.Option(help="With --show: write the e-mail's HTML to this file.")] = None,
    retry: Annotated[int | None, typer.Option(help="Let this failed row be tried again.")] = None,
) -> None:
    """List what goes out to people and services, the newest first.

    Without a key for HubSpot or SendGrid their rows end as "recorded": written, never sent. "withheld" is what was
    not sent for a reason, which stands beside it.

    For example: uv run bot.py outbox --channel email; uv run bot.py outbox --show 12 --html mail.html
    """
    if retry is not None:
        _with_database(lambda pool: _retry(pool, retry))
    elif show is not None:
        _with_database(lambda pool: _show(pool, show, html))
    else:
        _with_database(lambda pool: _list(pool, channel, status, limit))


async def _list(pool: Pool, channel: Channel | None, status: Status | None, limit: int) -> None:
    from channels.commands import outbox_tables
    from core.db import outbox_listing

    async with pool.connection() as conn:
        rows = await outbox_listing.newest(conn, channel and channel.value, status and status.value, limit)
        counts = await outbox_listing.counts(conn)
    if not rows:
        typer.echo("There is nothing of that kind in the outbox.")
        return
    outbox_tables.show_rows(_console(), rows)
    outbox_tables.show_counts(_console(), counts)


async def _show(pool: Pool, row_id: int, html: Path | None) -> None:
    from channels.commands import outbox_tables
    from core.db import outbox_listing

    async with pool.connection() as conn:
        row = await outbox_listing.by_id(conn, row_id)
    if row is None:
        raise typer.BadParameter(f"there is no row {row_id}; see: bot.py outbox")
    outbox_tables.show_row(_console(), row)
    if html is not None:
        mail = row.content.get("mail")
        if not mail:
            raise typer.BadParameter(f"row {row_id} holds no written e-mail")
        _save(html, mail["html"])


def _save(path: Path, html: str) -> None:
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}") from None


async def _retry(pool: Pool, row_id: int) -> None:
    from core.db import outbox_listing

    async with pool.connection() as conn:
        if not await outbox_listing.requeue(conn, row_id, system_clock()):
            raise typer.BadParameter(f"row {row_id} is not one that failed; see: bot.py outbox --status failed")
    typer.echo(f"Row {row_id} waits to be sent again.")


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def _with_database(work: Callable[[Pool], Awaitable[None]]) -> None:
    async def opened() -> None:
        async with open_database(load_settings(Path(".env"))) as pool:
            await work(pool)

    try:
        asyncio.run(opened())
    except BrendaError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None
