"""A run's figures in a terminal."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from evals.report.totals import show
from tests.eval_runs import make_plays, make_run
from tests.evaluations import make_conversation


def test_every_suite_has_its_row_and_the_gates_and_the_smallest_difference_are_told(tmp_path: Path) -> None:
    other = make_conversation(scenario="[red]otra", suite="funnel", right_end=["sale"])
    run = make_run(tmp_path, "uno", [*make_plays([True] * 7 + [False]), other])
    console = Console(file=StringIO(), width=160)
    show(console, run)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    rows = {line.split("│")[1].strip(): line for line in text.splitlines() if line.startswith("│")}
    assert set(rows) == {"smoke", "funnel", "all"} and "87.5 %" in rows["smoke"] and "50.0 %" in rows["smoke"]
    assert "honesty: no hit in 9 conversations of 2 scenarios" in text and "too small to find" in text


def test_a_suite_of_many_scenarios_tells_what_it_would_find(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=160)
    show(console, make_run(tmp_path, "uno", [make_conversation(scenario=f"caso-{n}") for n in range(32)]))
    assert "a difference of 23.6 points or more" in console.file.getvalue()  # type: ignore[attr-defined]
