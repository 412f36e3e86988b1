"""`outbox` as somebody types it who wants to see what goes out."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from channels.commands.outbox import outbox
from core.db.embedded import EmbeddedPostgres
from tests.databases import cloned
from tests.worlds import ROOT

Run = Callable[..., Result]
MAIL = {"to": "ana@correo.example", "subject": "Tu [curso]", "text": "Hola, [Ana].", "html": "<p>Hola</p>"}


@pytest.fixture
async def address(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[str]:
    """The address of a fresh database with some rows."""
    async with cloned(postgres, migrated_template) as url:
        rows = (
            ("email", "recorded", {"template": "welcome/hello", "mail": MAIL}, None),
            ("crm", "failed", {"order": "sync"}, "The service refused the request. HubSpot: HTTP 400"),
            ("telegram", "sent", {"text": "Hola"}, None),
            ("email", "withheld", {"template": "demo/open"}, "no_consent"),
        )
        with psycopg.connect(url, autocommit=True) as conn:
            for number, (channel, status, content, error) in enumerate(rows):
                conn.execute(
                    "insert into outbox (channel, chat, turn_id, message, status, error, key) "
                    "values (%s, 'x', 'x', %s, %s, %s, %s)",
                    (channel, json.dumps(content), status, error, f"key-{number}"),
                )
        yield url.replace("@/", "@localhost/")


@pytest.fixture
def run(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": address, "SECRET_KEY": "k" * 32, "PROMPTS_DIR": str(ROOT / "prompts")}.items():
        monkeypatch.setenv(name, value)
    app = typer.Typer()
    app.command()(outbox)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_everything_is_listed_newest_first(run: Run) -> None:
    result = run()
    assert result.exit_code == 0
    places = [result.output.index(words) for words in ("demo/open", "telegram", "contact and deal", "welcome/hello")]
    assert places == sorted(places)
    assert "In all: crm failed 1, email recorded 1, email withheld 1, telegram sent 1." in result.output


@pytest.mark.parametrize(
    ("arguments", "shown", "hidden"),
    [
        (("--channel", "email"), ("welcome/hello: Tu [curso]", "no_consent"), ("HubSpot", "Hola")),
        (("--status", "failed"), ("contact and deal", "HTTP 400"), ("demo/open",)),
        (("--limit", "1"), ("demo/open",), ("welcome",)),
        (("--channel", "console"), ("nothing of that kind",), ("email",)),
    ],
)
def test_a_part_is_listed(
    run: Run, arguments: tuple[str, ...], shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    table = run(*arguments).output.partition("In all")[0]
    assert all(words in table for words in shown)
    assert not any(words in table for words in hidden)


def test_an_e_mail_is_printed_and_its_html_saved(run: Run, tmp_path: Path) -> None:
    result = run("--show", "1", "--html", "mail.html")
    assert result.exit_code == 0
    for words in ("ana@correo.example", "Tu [curso]", "Hola, [Ana].", "recorded"):
        assert words in result.output
    assert (tmp_path / "mail.html").read_text() == "<p>Hola</p>"


def test_a_dead_letter_is_tried_again(run: Run) -> None:
    assert "waits to be sent again" in run("--retry", "2").output
    assert "pending" in run("--channel", "crm").output
    again = run("--retry", "2")
    assert again.exit_code != 0
    assert "not one that failed" in again.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--show", "99"), "there is no row 99"),
        (("--show", "3", "--html", "mail.html"), "holds no written e-mail"),
        (("--show", "1", "--html", "no/where.html"), "cannot be written"),
        (("--channel", "fax"), "fax"),
    ],
)
def test_what_cannot_be_is_told(run: Run, arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code != 0
    assert says in result.output
