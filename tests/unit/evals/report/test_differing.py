"""A comparison in a terminal."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from evals.record import TurnRecord
from evals.report.differing import parting, show
from evals.report.versus import versus
from tests.eval_runs import PROMPTS, make_plays, make_run
from tests.evaluations import make_turn

OLD, NEW = make_turn(1, "Cuesta [249] USD."), make_turn(1, "Depende.")


def _shown(tmp_path: Path, most_flips: int = 5, most_lines: int = 20) -> str:
    first = make_run(tmp_path, "a", make_plays([True] * 3), turns=[OLD])
    prompts = {**PROMPTS, "embedded/price.md.j2": "Depende.\n"}
    plays = [one.model_copy(update={"gate_fell": ("honesty",)}) for one in make_plays([False] * 2)]
    second = make_run(tmp_path, "b", [*plays, *make_plays([True] * 3)[2:]], prompts=prompts, turns=[NEW])
    console = Console(file=StringIO(), width=140)
    show(console, versus(first, second), most_flips, most_lines)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_finding_flips_prompts_and_gates_are_told(tmp_path: Path) -> None:
    text = _shown(tmp_path)
    for part in (
        "Cannot be told from noise",
        "2 conversations flipped",
        "Prompts that differ: embedded/price.md.j2",
        "-Cuesta {{ price }}.",
        "+Depende.",
        "A, turn 1",
        "Cuesta [249] USD.",
        "Gate fell: honesty",
        "New in B: 2 conversations",
    ):
        assert part in text, text


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    text = _shown(tmp_path, 1, 2)
    assert "… and 1 more: --flips 2" in text and "more lines: --diff" in text


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [([OLD], [OLD], None), ([OLD], [NEW], 0), ([OLD, OLD], [OLD, NEW], 1), ([OLD], [OLD, NEW], 1), ([], [], None)],
)
def test_conversations_part_at_the_first_turn_that_is_said_otherwise(
    before: list[TurnRecord], after: list[TurnRecord], place: int | None
) -> None:
    assert parting(before, after) == place
