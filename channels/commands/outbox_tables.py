"""What `bot.py outbox` prints: a table of rows, and one row as it is or was sent."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.db.outbox_listing import Listed

_COLOURS = {"sent": "green", "failed": "red", "withheld": "yellow", "recorded": "cyan"}


def show_rows(console: Console, rows: Sequence[Listed]) -> None:
    """A table, the newest first."""
    table = Table(box=None, pad_edge=False)
    for name in ("id", "channel", "status", "at", "what", "note"):
        table.add_column(name, justify="right" if name == "id" else "left", overflow="fold")
    for row in rows:
        at = row.sent_at or (row.lease_until if row.status == "pending" else None) or row.not_before
        status = f"[{_COLOURS.get(row.status, 'default')}]{row.status}[/]"
        cells = (str(row.id), row.channel, status, f"{at:%Y-%m-%d %H:%M:%S}", escape(_what(row)), escape(_note(row)))
        table.add_row(*cells)
    console.print(table)


def show_counts(console: Console, counts: Sequence[tuple[str, str, int]]) -> None:
    """How many rows there are."""
    console.print("In all: " + ", ".join(f"{channel} {status} {rows}" for channel, status, rows in counts) + ".")


def show_row(console: Console, row: Listed) -> None:
    """Everything about one row; an e-mail with its text."""
    facts = {
        "row": f"{row.id} · {row.channel} · {row.status}",
        "key": row.key,
        "lead": row.lead or "nobody (any more)",
        "due": f"{row.not_before:%Y-%m-%d %H:%M:%S} UTC",
        "sent": f"{row.sent_at:%Y-%m-%d %H:%M:%S} UTC" if row.sent_at else None,
        "their id": row.external_id,
        "failures": str(row.tries) if row.tries else None,
        "note": row.error,
    }
    for name, value in facts.items():
        if value:
            console.print(f"[bold]{name:>9}[/]  {escape(value)}", soft_wrap=True)
    mail = row.content.get("mail")
    if row.content.get("emptied"):
        console.print("\nWhat it said was struck out after 90 days.")
    elif mail:
        _show_mail(console, mail)
    else:
        console.print("\n" + escape(json.dumps(row.content, ensure_ascii=False, indent=2)), soft_wrap=True)


def _show_mail(console: Console, mail: dict[str, Any]) -> None:
    console.print(f"\n[bold]{'to':>9}[/]  {escape(mail['to'])}\n[bold]{'subject':>9}[/]  {escape(mail['subject'])}\n")
    console.print(escape(mail["text"]), soft_wrap=True)


def _what(row: Listed) -> str:
    content = row.content
    if row.channel == "email":
        subject = (content.get("mail") or {}).get("subject")
        return f"{content.get('template')}: {subject}" if subject else str(content.get("template"))
    if row.channel == "crm":
        return "erase" if content.get("order") == "erase" else "contact and deal"
    if row.channel == "stars":
        return "give Stars back"
    return " ".join(str(content.get("text") or "(file)").split())[:60]


def _note(row: Listed) -> str:
    failures = f"{row.tries} failures; " if row.tries and row.status != "sent" else ""
    return failures + (row.error or "")
