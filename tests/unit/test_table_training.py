"""Training on any table: a planted signal is found, noise is not, and leaks are named."""

import csv
import random
from pathlib import Path

import pytest

from core.errors import TrainingError
from core.learning.growing import RECIPES
from core.learning.table import Wish
from core.learning.table_training import TableTraining, train_on_table
from core.learning.training import Plan

SMALL = Plan(recipes=(RECIPES[1], RECIPES[2]), parts=3, repeats=2)


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def leads(signal: float, number: int = 700) -> list[dict[str, object]]:
    """`visits` tells as much as `signal` says; `noise` tells nothing; `code` is the outcome in other words."""
    luck = random.Random(7)
    rows: list[dict[str, object]] = []
    for place in range(number):
        visits = luck.random()
        bought = luck.random() < 0.3 + signal * (visits - 0.5)
        rows.append(
            {
                "visits": round(visits, 4),
                "noise": round(luck.random(), 4),
                "code": "closed" if bought else "open",
                "day": f"2026-{1 + place // 60:02}-{1 + place % 28:02}",
                "bought": "yes" if bought else "no",
            }
        )
    return rows


def trained(path: Path, **wish: object) -> TableTraining:
    asked = Wish(**{"target": "bought", "drop": ("code", "day"), **wish})  # type: ignore[arg-type]
    return train_on_table(path, asked, SMALL, lambda _: None)


def test_a_planted_signal_is_found(tmp_path: Path) -> None:
    found = trained(written(tmp_path / "leads.csv", leads(signal=0.6)))
    assert found.outcome.beats_base_rate
    assert found.outcome.importances[0].feature == "visits"
    assert found.table.positive == "yes"


def test_without_any_signal_the_base_rate_is_predicted(tmp_path: Path) -> None:
    found = trained(written(tmp_path / "leads.csv", leads(signal=0.0)))
    assert not found.outcome.beats_base_rate
    rate = found.outcome.trained.rate
    assert found.outcome.trained.chances([{"visits": 0.1}, {"visits": 0.9}]).tolist() == [rate, rate]


def test_a_column_that_is_known_only_afterwards_is_named(tmp_path: Path) -> None:
    found = trained(written(tmp_path / "leads.csv", leads(signal=0.6)), drop=("day",))
    assert any("code" in warning for warning in found.outcome.warnings)


def test_rows_that_stand_on_both_sides_are_named(tmp_path: Path) -> None:
    rows = leads(signal=0.6, number=350)
    found = trained(written(tmp_path / "leads.csv", rows + rows))
    assert found.outcome.warnings


def test_with_a_column_of_time_the_later_part_judges(tmp_path: Path) -> None:
    found = trained(written(tmp_path / "leads.csv", leads(signal=0.6)), time="day", drop=("code",))
    assert found.table.timed


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="sold"):
        trained(written(tmp_path / "leads.csv", leads(signal=0.6)), target="sold")
