"""PersuasionForGood as data: who was asked for a donation, what they wrote, and whether they gave.

Wang et al., Persuasion for Good, ACL 2019; Apache-2.0. Only the persuadee's own messages are read: what the other side
said is not the person's, and what either gave is the outcome.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from core.errors import TrainingError

DIALOGUES, PEOPLE = "full_dialog.csv", "full_info.csv"
PERSUADEE = "1"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One talk. `turns` holds the person's messages, a tuple a turn; `gave` is the outcome."""

    key: str
    person: str
    turns: tuple[tuple[str, ...], ...]
    gave: bool

    def first(self, turns: int | None) -> "Dialogue":
        """The talk as it stood after so many of the person's turns; None is all of them."""
        return self if turns is None else Dialogue(self.key, self.person, self.turns[:turns], self.gave)

    @property
    def text(self) -> str:
        return "\n".join(line for turn in self.turns for line in turn)


def read_dialogues(folder: Path) -> list[Dialogue]:
    """All talks in which the person wrote something.

    Raises:
        TrainingError: the folder does not hold the corpus; it names the file or column that is missing.
    """
    gave = {
        row["B2"]: (row["B3"], float(row["B6"]) > 0)
        for row in _rows(folder / PEOPLE, ("B2", "B3", "B4", "B6"))
        if row["B4"] == PERSUADEE
    }
    said: dict[str, dict[int, list[str]]] = {}
    for row in _rows(folder / DIALOGUES, ("Unit", "Turn", "B4", "B2")):
        if row["B4"] == PERSUADEE and row["B2"] in gave:
            said.setdefault(row["B2"], {}).setdefault(int(float(row["Turn"])), []).append(row["Unit"])
    return [
        Dialogue(key, gave[key][0], tuple(tuple(turns[place]) for place in sorted(turns)), gave[key][1])
        for key, turns in said.items()
    ]


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise TrainingError(f"{path}: has no column {', '.join(sorted(missing))}.")
            return list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path}: should be {path.name} of PersuasionForGood ({error}).") from None
