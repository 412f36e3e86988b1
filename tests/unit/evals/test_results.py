"""A run's folder."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import EvalError
from evals.results import JOURNAL, Run, RunInfo, find, run_name, runs
from tests.evaluations import make_played

INFO = RunInfo(
    suites=("smoke",),
    model="embedded",
    prompts="prompts",
    prompt_hash="a" * 64,
    templates={},
    seeds=2,
    revision="abc",
    scenarios={"una-pregunta": "d"},
    seeds_of={"una-pregunta": 2},
)


def _run(folder: Path, name: str = "20261116-150000-embedded-aaaaaaaa") -> Run:
    return Run.begin(name, INFO, {"rules.md.j2": "Sé honesta."}, folder)


def test_what_is_noted_is_there_after_a_crash_but_for_a_line_that_was_cut(tmp_path: Path) -> None:
    run, played = _run(tmp_path), [make_played(seed=1), make_played(seed=0)]
    for one in played:
        run.note(one)
    with (run.folder / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write('{"conversation": {"sui')
    assert Run.open(run.folder).noted() == played


def test_files_are_in_order_and_hold_no_times(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.finish([make_played(seed=1), make_played(seed=0)], {"seconds": 3}, complete=True)
    assert [one.seed for one in run.conversations()] == [0, 1]
    assert [one.seed for one in run.transcripts()] == [0, 1]
    assert run.transcript("una-pregunta", 1) is not None and run.transcript("una-pregunta", 2) is None
    assert run.times() == [
        {"scenario": "una-pregunta", "seed": seed, "seconds": 0.5, "turns": [12.5]} for seed in (0, 1)
    ]
    written = (run.folder / "results.jsonl").read_text() + (run.folder / "transcripts.jsonl").read_text()
    assert "12.5" not in written and run.info.complete and run.prompts == {"rules.md.j2": "Sé honesta."}


def test_the_order_in_which_conversations_ended_changes_no_byte(tmp_path: Path) -> None:
    played = [make_played(seed=seed) for seed in range(5)]
    folders = []
    for name, order in (("one", played), ("two", played[::-1])):
        run = _run(tmp_path, name)
        run.finish(order, {}, complete=True)
        folders.append(run.folder)
    for file in ("run.json", "results.jsonl", "transcripts.jsonl"):
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes()


def test_the_journal_stays_until_the_run_is_complete(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.note(make_played())
    run.finish(run.noted(), {}, complete=False)
    assert (run.folder / JOURNAL).exists() and not run.info.complete and len(run.conversations()) == 1
    run.finish(run.noted(), {}, complete=True)
    assert not (run.folder / JOURNAL).exists()


def test_a_run_is_found_by_its_place_a_part_of_its_name_or_its_folder(tmp_path: Path) -> None:
    old, new = _run(tmp_path, "20261115-1"), _run(tmp_path, "20261116-1")
    assert find("latest", tmp_path) == new and find("latest~1", tmp_path) == old
    assert find("20261115", tmp_path) == old and find(str(new.folder), tmp_path) == new
    for unclear in ("2026", "latest~2", "nothing"):
        with pytest.raises(EvalError, match=r"means (no|2) runs; there are: "):
            find(unclear, tmp_path)
    assert runs(tmp_path / "nowhere") == []


def test_a_name_tells_when_with_what_and_on_which_prompts() -> None:
    assert (
        run_name(datetime(2026, 11, 16, 15, tzinfo=UTC), "org/m:1", "abcdef" * 9) == "20261116-150000-org-m-1-abcdefab"
    )


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match=r"run\.json is missing"):
        Run.open(tmp_path)


def test_results_are_plain_json_lines(tmp_path: Path) -> None:
    run = _run(tmp_path)
    run.finish([make_played(error="ñ")], {}, complete=True)
    [line] = (run.folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["error"] == "ñ" and "ñ" in line
