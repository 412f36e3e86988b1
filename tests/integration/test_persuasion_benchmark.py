"""The benchmark on a small corpus of the same form: it runs, groups people, and tells a wrong folder."""

import csv
import json
from pathlib import Path

import numpy as np

from evals.benchmarks.dialogues import read_dialogues
from evals.benchmarks.persuasion import main


def write_corpus(folder: Path, people: int = 60) -> None:
    """Two talks a person of six turns each; who gives says so more often, from the first turn on."""
    rng = np.random.default_rng(0)
    with (
        (folder / "full_dialog.csv").open("w", newline="") as said,
        (folder / "full_info.csv").open("w", newline="") as info,
    ):
        lines, persons = csv.writer(said), csv.writer(info)
        lines.writerow(["", "Unit", "Turn", "B4", "B2"])
        persons.writerow(["B2", "B3", "B4", "B6", "B7"])
        for talk in range(2 * people):
            gives = talk // 2 % 2
            persons.writerow([f"t{talk}", "persuader", 0, 5, 6])
            persons.writerow([f"t{talk}", f"p{talk // 2}", 1, 0.5 * gives, 6])
            for turn in range(6):
                lines.writerow([turn, "I give all I have", turn, 0, f"t{talk}"])
                happy = rng.random() < (0.8 if gives else 0.2)
                lines.writerow([turn, "sure, I would love to!" if happy else "what is it?", turn, 1, f"t{talk}"])


def test_it_measures_and_tells(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    result = tmp_path / "figures.json"
    code = main(["--data", str(tmp_path), "--quick", "--json", str(result)])
    data = json.loads(result.read_text())
    assert code == (0 if all(target["met"] for target in data["targets"]) else 1)
    for reading in data["readings"]:
        assert reading["figures"]["auc"] > 0.8
        assert reading["figures"]["log_loss"] < reading["figures"]["base_log_loss"]


def test_only_the_persuadees_words_are_read(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    [first, *_] = read_dialogues(tmp_path)
    assert "I give all I have" not in first.text
    assert len(first.first(5).turns) == 5
    assert (first.person, first.gave) == ("p0", False)


def test_a_wrong_folder_is_told(tmp_path: Path) -> None:
    assert main(["--data", str(tmp_path)]) == 2
