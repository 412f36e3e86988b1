"""`evals compare` as it is typed: what it says, what it writes, and its exit codes."""

from pathlib import Path

import pytest

from evals.__main__ import app
from evals.record import Conversation
from tests.commands import Finished, run_python, typed
from tests.eval_runs import PROMPTS, make_run
from tests.evaluations import make_conversation


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


def _compare(folder: Path, *words: str) -> Finished:
    return typed(app, "compare", *words, "--runs", str(folder))


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
    assert (done.code, done.err) == (code, "") and told in done.out, done


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
    assert done.code == 2 and told in done.err and "Traceback" not in done.err, done.err


def test_strict_refuses_what_is_only_partly_the_same(folder: Path) -> None:
    make_run(folder, "5-part", _suite(0)[:30])
    assert _compare(folder, "1-good", "5-part").code == 0
    done = _compare(folder, "1-good", "5-part", "--strict")
    assert done.code == 2 and "caso-30" in done.err


async def test_the_page_is_written_by_a_process_of_its_own(folder: Path) -> None:
    words = (str(folder / "1-good"), "2-bad", "--html", str(folder / "page.html"), "--runs", str(folder))
    done = await run_python("-m", "evals", "compare", *words)
    assert done.code == 1, done and "Comparison of two runs" in (folder / "page.html").read_text(encoding="utf-8")
