"""`policy` as somebody types it, on a log whose truth is known."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from agent.candidate import read_candidate
from channels.commands.policy import policy_app
from core.db.embedded import EmbeddedPostgres
from core.db.pool import open_pool
from core.domain.perception import Objection
from tests.databases import cloned
from tests.decision_log import keep_log
from tests.decisions import CURRENT, decision, doubters_want_testimonials, drawn
from tests.worlds import ROOT

Run = Callable[..., Result]
DECISIONS = 2_500
BETTER = "[objections.trust]\nfind_testimonials = 30.0\n"


@pytest.fixture
async def address(postgres: EmbeddedPostgres, migrated_template: str) -> AsyncIterator[str]:
    """The address of a fresh database without sample rows."""
    async with cloned(postgres, migrated_template) as url:
        # The settings want a host; that of the query, the socket's folder, is the one that counts.
        yield url.replace("@/", "@localhost/")


@pytest.fixture
async def logged(address: str) -> str:
    """The same with a log of 2,500 decisions of the last weeks."""
    pool = await open_pool(address, 2)
    try:
        await keep_log(pool, DECISIONS, doubters_want_testimonials, datetime.now(UTC) - timedelta(days=20))
    finally:
        await pool.close()
    return address


@pytest.fixture
def run(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command on that database."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE_URL": address, "SECRET_KEY": "k" * 32, "PROMPTS_DIR": str(ROOT / "prompts")}.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, **files: str) -> Result:
        for name, text in files.items():
            Path(name.replace("_", ".")).write_text(text, encoding="utf-8")
        return CliRunner().invoke(policy_app, arguments)

    return invoke


def truth(text: str) -> float:
    """What a candidate earns a decision on the situations of the log."""
    candidate = read_candidate(text, "toml", CURRENT)
    earned = [
        sum(
            chance * doubters_want_testimonials(Objection(str(one.features["objection"])), arm)
            for arm, chance in candidate.probabilities(decision(one, 0, step=False)).items()
        )
        for one in drawn(DECISIONS)
    ]
    return float(np.mean(earned))


def read(result: Result) -> dict[str, Any]:
    assert result.exit_code in (0, 3), result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


@pytest.mark.usefixtures("logged")
def test_the_known_truth_is_found(run: Run) -> None:
    asked = ("evaluate", "--policy", "better.toml", "--count", "step", "--json")
    found = read(run(*asked, better_toml=BETTER))
    dr = found["estimates"]["DR"]
    assert found["verdict"] == "better"
    assert (found["decisions"], found["without_consent"]) == (DECISIONS, 0)
    assert abs(dr["value"] - truth(BETTER)) < 4 * dr["error"]
    assert dr["low"] < dr["value"] < dr["high"]


@pytest.mark.usefixtures("logged")
def test_it_is_told_to_people(run: Run) -> None:
    result = run("evaluate", "--policy", "better.yaml", "--count", "step", better_yaml="arm: consultative\n")
    assert result.exit_code == 0
    for part in ("doubly robust", "effective sample size", "95 %", "judged by itself", "as it was"):
        assert part in result.output


@pytest.mark.usefixtures("logged")
def test_what_the_log_cannot_tell_is_refused_with_the_reason(run: Run) -> None:
    unseen = "[stages.conversation]\nupdate_profile = 9.0\n"
    result = run("evaluate", "--policy", "new.toml", new_toml=unseen)
    assert result.exit_code == 3
    assert "cannot tell" in result.output
    assert "update_profile" in result.output
    assert run("evaluate", "--policy", "new.toml", "--least-effective", "9999", new_toml=BETTER).exit_code == 3


def test_an_empty_log_is_refused(run: Run) -> None:
    result = run("evaluate", "--policy", "better.toml", better_toml=BETTER)
    assert result.exit_code == 3
    assert "Only 0 people" in result.output


@pytest.mark.parametrize(
    ("text", "named"), [("[cooldown]\ndefault = 0", "cooldown"), ("arm = 'x'", "consultative"), ("none = -2", "none")]
)
def test_a_wrong_candidate_is_named(run: Run, text: str, named: str) -> None:
    result = run("evaluate", "--policy", "wrong.toml", wrong_toml=text)
    assert (result.exit_code, named in result.output) == (1, True)


def test_a_missing_candidate_is_named(run: Run) -> None:
    result = run("evaluate", "--policy", "nowhere.toml")
    assert (result.exit_code, "nowhere.toml" in result.output) == (1, True)


@pytest.mark.usefixtures("logged")
def test_the_tools_are_reported_with_the_reason(run: Run) -> None:
    found = {row["tool"]: row for row in read(run("tools", "--json"))["tools"]}
    row = found["find_testimonials"]
    assert row["effect"]["low"] > 0
    assert row["used"] == row["suggested"] > 0
    assert "helps" in row["why"]
    shown = run("tools")
    assert shown.exit_code == 0
    assert "naive" in shown.output
    assert "find_testimonials" in shown.output


@pytest.mark.usefixtures("logged")
def test_learning_makes_a_version_that_can_be_taken_back(run: Run) -> None:
    assert "Nothing was learned yet" in run("versions").output
    taught = run("learn")
    assert taught.exit_code == 0
    assert f"learned from {DECISIONS} decisions" in " ".join(taught.output.split())
    assert "in force" in run("versions").output
    assert run("use", "none").exit_code == 0
    assert "in force" not in run("versions").output
    assert run("use", "1").exit_code == 0
    assert "in force" in run("versions").output


def test_what_cannot_be_put_in_force_is_named(run: Run) -> None:
    assert "no version 7" in run("use", "7").output
    assert "should be a number" in run("use", "best").output
    empty = run("learn")
    assert (empty.exit_code, "Nothing to learn from" in empty.output) == (1, True)


@pytest.mark.parametrize("command", ["evaluate", "tools", "learn", "versions", "use"])
def test_every_command_teaches_with_an_example(run: Run, command: str) -> None:
    assert "uv run bot.py policy" in run(command, "--help").output
