"""How well can a donation be foreseen from what a person wrote? The predictor's parts on a public corpus.

The product's conversation features and text features are computed from the persuadee's messages of PersuasionForGood,
on whole dialogues and after five turns; folds are grouped by person. The figures are the mean over seeds, with their
spread. A calibration error has a floor: even exact chances show one on a thousand people, which is printed beside it.
On whole dialogues that floor alone is above the target, so what is judged is the error without what chance makes of it
(`calibration.debiased_error`); the error as it is usually told, over equally wide bins, stands beside it.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.errors import BrendaError
from core.learning import scores
from core.learning.encoding import Row
from core.learning.splitting import Examples
from evals.benchmarks.calibration import debiased_error, equal_mass_error, recalibration
from evals.benchmarks.cluster import open_cluster
from evals.benchmarks.dialogues import Dialogue, read_dialogues
from evals.benchmarks.talk_features import talk_features
from evals.benchmarks.targets import Target
from evals.benchmarks.wordings import READERS, Judged, Material, judge

FOLDS = {"outer": 10, "inner": 5}
SEEDS = 5
AFTER: dict[str, int | None] = {"whole dialogues": None, "after five turns": 5}
AUC_TARGETS = {"whole dialogues": 0.667, "after five turns": 0.581}
HONESTY_TARGET = 0.03


@dataclass(frozen=True, slots=True)
class Reading:
    """One seed on one horizon."""

    horizon: str
    seed: int
    figures: dict[str, float]
    chosen: dict[str, int]


def material_of(dialogues: Sequence[Dialogue], turns: int | None, rows: Sequence[Row]) -> Material:
    """The dialogues as they stood after so many turns."""
    _, people = np.unique([dialogue.person for dialogue in dialogues], return_inverse=True)
    truth = np.array([float(dialogue.gave) for dialogue in dialogues])
    examples = Examples(tuple(rows), truth, people.astype(np.int64), np.zeros(len(truth)))
    return Material(tuple(dialogue.first(turns).text for dialogue in dialogues), examples)


def figures(material: Material, judged: Judged) -> dict[str, float]:
    """The scores of the held-out chances, and each reader's ranking alone."""
    truth, chances = material.examples.truth, judged.chances
    base, mending = np.full(len(truth), truth.mean()), recalibration(truth, chances)
    return {
        "auc": scores.auc(truth, chances),
        "brier": float(scores.brier(truth, chances).mean()),
        "log_loss": float(scores.log_loss(truth, chances).mean()),
        "base_log_loss": float(scores.log_loss(truth, base).mean()),
        "calibration_error": scores.calibration_error(truth, chances),
        "calibration_floor": scores.expected_error(chances),
        "calibration_error_equal_mass": equal_mass_error(truth, chances),
        "calibration_error_debiased": debiased_error(truth, chances),
        "calibration_slope": mending.slope,
        "calibration_shift": mending.shift,
        **{f"auc_{name}": scores.auc(truth, judged.alone[name]) for name in READERS},
    }


async def measure(folder: Path, seeds: int, outer: int, inner: int, advance: Callable[[str], None]) -> list[Reading]:
    """Every seed on every horizon."""
    dialogues = read_dialogues(folder)
    advance("features")
    async with open_cluster() as cluster:
        rows = await talk_features(cluster, dialogues, list(AFTER.values()))
    readings = []
    for (horizon, turns), features in zip(AFTER.items(), rows, strict=True):
        material = material_of(dialogues, turns, features)
        for seed in range(seeds):

            def step(name: str = f"{horizon}, seed {seed}") -> None:
                advance(name)

            judged = judge(material, outer, inner, seed, step)
            chosen = Counter(" + ".join(names) for names in judged.chosen)
            readings.append(Reading(horizon, seed, figures(material, judged), dict(chosen)))
    return readings


def targets(readings: Sequence[Reading]) -> list[Target]:
    """What is to be reached: the means over seeds.

    The calibration error as it is usually told cannot judge here: of as many dialogues, chances that are exactly right
    show more than the target (`calibration floor`). The part that chance alone makes is therefore taken off.
    """
    found = []
    for horizon, limit in AUC_TARGETS.items():
        found.append(Target(f"AUC, {horizon}, above", ">=", limit, mean_of(readings, horizon, "auc")))
    for horizon in AFTER:
        error = mean_of(readings, horizon, "calibration_error_debiased")
        found.append(Target(f"calibration error, {horizon}, chance taken off", "<=", HONESTY_TARGET, error))
    return found


def mean_of(readings: Sequence[Reading], horizon: str, figure: str) -> float:
    """The mean over seeds."""
    return float(np.mean([each.figures[figure] for each in readings if each.horizon == horizon]))


def as_data(readings: Sequence[Reading]) -> dict[str, Any]:
    """Everything as JSON values."""
    return {
        "readings": [
            {"horizon": each.horizon, "seed": each.seed, "figures": each.figures, "chosen": each.chosen}
            for each in readings
        ],
        "targets": [
            {"text": one.text, "figure": one.figure, "relation": one.relation, "limit": one.limit, "met": one.met}
            for one in targets(readings)
        ],
    }


def show(console: Console, readings: Sequence[Reading]) -> None:
    """Print the tables."""
    for horizon in AFTER:
        console.print(_figures([each for each in readings if each.horizon == horizon], horizon))
        chosen = sum((Counter(each.chosen) for each in readings if each.horizon == horizon), Counter[str]())
        console.print("chosen in " + ", ".join(f"{count} folds: {name}" for name, count in chosen.most_common()))
    for one in targets(readings):
        verdict = "[green]met" if one.met else "[red]not met"
        console.print(f"{one.text}: {one.figure:.3f} ({one.relation} {one.limit}) {verdict}")


def _figures(readings: Sequence[Reading], horizon: str) -> Table:
    table = Table(title=f"{horizon}: {len(readings)} seeds, folds grouped by person", title_justify="left")
    for name in ("figure", "mean", "least", "most"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    for name in readings[0].figures:
        values = [each.figures[name] for each in readings]
        table.add_row(
            name.replace("_", " "), *(f"{value:.4f}" for value in (np.mean(values), min(values), max(values)))
        )
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.persuasion", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of the corpus, ../shared/data/persuasionforgood"
    )
    parser.add_argument("--quick", action="store_true", help="one seed and fewer folds: a look, not a result")
    parser.add_argument("--json", type=Path, help="write every figure into this file")
    given = parser.parse_args(arguments)
    seeds, outer, inner = (1, 4, 3) if given.quick else (SEEDS, FOLDS["outer"], FOLDS["inner"])
    console = Console(highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=1 + len(AFTER) * seeds * outer)

            def advance(done: str) -> None:
                progress.update(task, description=done, advance=1)

            readings = asyncio.run(measure(given.data, seeds, outer, inner, advance))
    except BrendaError as error:
        console.print(str(error), style="red")
        return 2
    show(console, readings)
    if given.json:
        given.json.write_text(json.dumps(as_data(readings), indent=2), encoding="utf-8")
    return 0 if all(one.met for one in targets(readings)) else 1


if __name__ == "__main__":
    sys.exit(main())
