"""The commands about the predictor, as somebody types them: what is printed, and how a fault is told."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from channels.commands import train_predictor

runner = CliRunner()


def app() -> typer.Typer:
    """The commands as `bot.py` hangs them up."""
    whole, train = typer.Typer(), typer.Typer()
    train.command("predictor")(train_predictor.train)
    train.command("other")(lambda: None)
    whole.add_typer(train, name="train")
    whole.add_typer(train_predictor.app, name="predictor")
    return whole


def run(*arguments: str) -> Result:
    return runner.invoke(app(), arguments, env={"COLUMNS": "200"})


def write(folder: Path, signal: float, rows: int = 500) -> Path:
    """Customers with three rows each; "visits" tells by so much, and "closed" gives the outcome away."""
    rng = np.random.default_rng(0)
    path = folder / "leads.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Customer ID", "Visits", "City", "Closed", "Converted"])
        for number in range(rows):
            visits = rng.integers(0, 10)
            bought = rng.random() < 1 / (1 + np.exp(1 - signal * (visits - 4.5)))
            closed = "won" if bought else "open"
            writer.writerow([f"c{number // 3}", visits, rng.choice(["Lima", "Quito"]), closed, int(bought)])
    return path


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of nobody: an embedded database of the test's own."""
    for name in ("DATABASE_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def test_a_table_with_a_signal(tmp_path: Path) -> None:
    path = write(tmp_path, signal=0.6)
    result = run("train", "predictor", "--csv", str(path), "--target", "Converted", "--drop", "Closed")
    assert result.exit_code == 0, result.output
    assert "Better than the base rate" in result.output
    assert re.search(r"Visits\s+│\s+0\.[1-4]", result.output)
    assert '--group "Customer ID"' in result.output
    assert "gives the outcome away" not in result.output


def test_a_leak_is_named_and_a_group_is_kept_together(tmp_path: Path) -> None:
    path = write(tmp_path, signal=0.6)
    result = run("train", "predictor", "--csv", str(path), "--target", "Converted", "--group", "Customer ID")
    assert "'Closed' alone nearly gives the outcome away" in result.output
    assert "--group" not in result.output


def test_a_table_of_noise(tmp_path: Path) -> None:
    path = write(tmp_path, signal=0.0)
    result = run("train", "predictor", "--csv", str(path), "--target", "Converted", "--drop", "Closed")
    assert result.exit_code == 0, result.output
    assert "No feature beats the base rate" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--csv", "none.csv", "--target", "x"], "No such file"),
        (["--csv", "none.csv"], "--csv needs --target"),
        (["--target", "x"], "belong to --csv"),
    ],
)
def test_a_fault_is_a_sentence(arguments: list[str], said: str) -> None:
    result = run("train", "predictor", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_database_without_leads() -> None:
    result = run("train", "predictor")
    assert (result.exit_code, "allowed learning" in result.output) == (1, True)
    listed = run("predictor", "list")
    assert re.search(r"scorecard .* serves", listed.output)
    assert "nothing to roll back" in run("predictor", "rollback").output
