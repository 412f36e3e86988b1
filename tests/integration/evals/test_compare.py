"""`evals compare` as it is typed: what it says, what it writes, and its exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest

from evals.record import Conversation
from tests.eval_runs import PROMPTS, make_run
from tests.evaluations import make_conversation
from tests.worlds import ROOT


def _suite(bad: int, **fields: object) -> list[Conversation]:
    return [
        make_conversation(scenario=f"caso-{n}", persona=f"persona-{n}", passed=n >= bad, **fields) for n in range(40)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Runs: 1 passes everything, 2 loses a third, 3 is 1 with one lie, 4 has other scenarios."""
    make_run(tmp_path, "1-good", _suite(0))
    make_run(tmp_path, "2-bad", _suite(13), prompts={**PROMPTS, "rules.md.j2": "Vende.\n"})
    lie = make_conversation(scenario="caso-0", persona="persona-0", passed=False, gate_fell=["honesty"])
    make_run(tmp_path, "3-lie", [lie, *_suite(0)[1:]])
    make_run(tmp_path, "4-other", [make_conversation(scenario="otra")])
    return tmp_path


def _compare(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evals", "compare", *words, "--runs", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("1-good", "2-bad"), 1, "Worse: -32.5"),
        (("2-bad", "1-good"), 0, "Better: +32.5"),
        (("1-good", "1-good"), 0, "Cannot be told from noise: no conversation changed its result."),
        (("1-good", "3-lie"), 1, "Gate fell: honesty"),
        (("latest~3", "latest~2"), 1, "rules.md.j2"),
    ],
)
def test_exit_codes_follow_the_finding_and_the_gates(
    folder: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    done = _compare(folder, *words)
    assert (done.returncode, done.stderr) == (code, "") and told in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("1-good", "4-other"), "have no conversation in common"),
        (("1-good", "nothing"), "'nothing' means no runs"),
        (("1-good", "3-lie", "--html", "/dev/null/page.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_compared_is_exit_code_2(folder: Path, words: tuple[str, ...], told: str) -> None:
    done = _compare(folder, *words)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_strict_refuses_what_is_only_partly_the_same(folder: Path) -> None:
    make_run(folder, "5-part", _suite(0)[:30])
    assert _compare(folder, "1-good", "5-part").returncode == 0
    done = _compare(folder, "1-good", "5-part", "--strict")
    assert done.returncode == 2 and "caso-30" in done.stderr


def test_the_page_is_written(folder: Path) -> None:
    done = _compare(folder, str(folder / "1-good"), "2-bad", "--html", str(folder / "page.html"))
    assert done.returncode == 1 and "Comparison of two runs" in (folder / "page.html").read_text(encoding="utf-8")
