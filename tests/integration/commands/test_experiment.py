"""`experiment` as somebody types it: it teaches, refuses clearly, and shows what an experiment has found."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
from typer.testing import CliRunner, Result

from channels.commands.experiment import experiment_app
from core.db.embedded import EmbeddedPostgres
from tests.databases import cloned
from tests.worlds import ROOT

Run = Callable[..., Result]
CALM = ("calm", "--hypothesis", "Asking <first> brings more demos.", "--arm", "control", "--arm", "consultative")

WRONG: tuple[tuple[tuple[str, ...], str], ...] = (
    (("create", *CALM, "--baseline", "much"), "should be a share such as 8% or 0.08"),
    (("create", *CALM, "--arm", "aggressive=lots"), "such as consultative=1"),
    (("create", *CALM, "--arm", "control=2"), "named twice"),
    (("create", *CALM, "--arm", "bold"), "Brenda has no arm bold; she has aggressive, consultative, control"),
    (("create", *CALM, "--namespace", "talk"), "such as talk:0:0.5"),
    (("create", *CALM, "--people", "3"), "greater than or equal to 100"),
    (("create", *CALM, "--seed", ""), "seed: String should have at least 1"),
    (("create", "tone", *CALM[1:]), "already one named 'tone'"),
    (("start", "kalm"), "There is none named 'kalm'; there are: tone."),
    (("start", "tone"), "was started on"),
    (("stop", "tone", "--winner", "bold"), "'bold' is no arm of 'tone'"),
    (("report", "kalm"), "There is none named 'kalm'"),
    (("report", "tone", "--html", "nowhere/at/all.html"), "nowhere/at/all.html cannot be written"),
)


@pytest.fixture
async def address(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[str]:
    """The address of a fresh database without sample rows."""
    async with cloned(postgres, migrated_template) as url:
        # The settings want a host; that of the query, the socket's folder, is the one that counts.
        yield url.replace("@/", "@localhost/")


@pytest.fixture
def run(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command on that database."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": address, "SECRET_KEY": "k" * 32, "PROMPTS_DIR": str(ROOT / "prompts")}.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(experiment_app, arguments)

    return invoke


def people(address: str, key: str, **counts: tuple[int, int]) -> None:
    """Put people into an experiment: arm=(how many, how many of them asked for a demo)."""
    now = datetime.now(UTC)
    with psycopg.connect(address, autocommit=True) as conn:
        for arm, (exposed, converted) in counts.items():
            conn.execute(
                """
                with made as (
                    insert into leads (channel, chat)
                    select 'telegram', %(arm)s || n from generate_series(1, %(exposed)s) as n returning id
                ), numbered as (select id, row_number() over () as n from made
                ), met as (
                    insert into assignments (experiment_id, lead_id, arm, exposed_at)
                    select (select id from experiments where key = %(key)s), id, %(arm)s, %(now)s from numbered
                )
                insert into events (lead_id, kind, key, at)
                select id, 'demo_requested', id::text, %(now)s from numbered where n <= %(converted)s
                """,
                {"arm": arm, "exposed": exposed, "converted": converted, "key": key, "now": now},
            )


def test_from_a_plan_to_a_winner(run: Run, address: str, tmp_path: Path) -> None:
    assert "7,350 people in each of 2 arms" in run("create", *CALM).output
    assert "9,417 people" in run("create", "other", *CALM[1:], "--baseline", "8%", "--effect", "20%").output
    assert run("stop", "tone").output == "tone is stopped and rolled back: everybody leaves their arm.\n"
    assert "calm is running" in run("start", "calm").output
    people(address, "calm", control=(2000, 160), consultative=(2000, 260))
    report = run("report", "calm", "--html", str(tmp_path / "calm.html"))
    assert report.exit_code == 0
    text = " ".join(report.output.split())
    assert "promote" in text
    assert "uv run bot.py experiment stop calm --winner consultative" in text
    assert "+5.00" in text
    assert "4,000 people are still inside their window" in text
    assert "0 people in the smallest arm" in " ".join(run("report", "calm", "--settled").output.split())
    assert "New people get consultative" in run("stop", "calm", "--winner", "consultative").output
    assert "it is over" in run("report", "calm").output
    rows = {row.split()[1]: row for row in run("report").output.splitlines() if row.startswith("│ ")}
    assert "stopped" in rows["calm"]
    assert "│ consultative │" in rows["calm"]
    assert "draft" in rows["other"]


def test_noise_is_called_noise_on_the_page_too(run: Run, address: str, tmp_path: Path) -> None:
    run("stop", "tone")
    run("create", *CALM)
    run("start", "calm")
    people(address, "calm", control=(300, 30), consultative=(300, 33))
    page = tmp_path / "calm.html"
    text = " ".join(run("report", "calm", "--html", str(page)).output.split())
    html = page.read_text(encoding="utf-8")
    assert "cannot be told from noise" in text
    assert "consultative against control cannot be told from noise: +1.00 points so far." in html
    assert "Asking &lt;first&gt; brings more demos." in html
    assert not re.search(r"https?://|src=|@import|url\(", html)
    plots = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]  # noqa: S314
    assert [len(plot.findall("circle")) for plot in plots] == [1, 3]


def test_what_is_wrong_is_said_without_a_traceback(run: Run) -> None:
    for arguments, said in WRONG:
        finished = run(*arguments)
        assert finished.exit_code in (1, 2), arguments
        assert said in " ".join(finished.output.split())
        assert "Traceback" not in finished.output


@pytest.mark.parametrize("command", ["create", "start", "stop", "report"])
def test_help_teaches(command: str) -> None:
    finished = CliRunner().invoke(experiment_app, [command, "--help"])
    assert finished.exit_code == 0
    assert f"uv run bot.py experiment {command}" in " ".join(finished.output.split())
