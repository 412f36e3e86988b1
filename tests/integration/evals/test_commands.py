"""The command line as it is typed: exit codes, the same bytes twice, Ctrl-C and resume, and no network."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evals.results import Run, runs
from tests.databases import data_folder
from tests.processes import met
from tests.worlds import ROOT

GOOD = """\
id: precio-{number}
about: The price is told.
turns:
  - says: cuanto cuesta?
    checks:
      - answers: price
right_end: no_sale
"""
LIE = GOOD.replace("- answers: price", "- says: gratis\n        gate: honesty")
Runs = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def data() -> Iterator[Path]:
    """A data folder for the evals' own server, which all tests of this file share."""
    with data_folder() as folder:
        yield folder


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """A folder of suites with `good`, of which all pass, and `lies`, of which one must not."""
    for name, text in (("good", GOOD), ("lies", LIE)):
        (tmp_path / "suites" / name).mkdir(parents=True)
        for number in range(3):
            path = tmp_path / "suites" / name / f"{number}.yaml"
            path.write_text(text.format(number=f"{name}-{number}"), encoding="utf-8")
    return tmp_path / "suites"


def _command(suites: Path, tmp_path: Path, *words: str) -> list[str]:
    folders = ["--runs", str(tmp_path / "runs"), "--suites-in", str(suites)]
    return [sys.executable, "-m", "evals", *words, *folders]


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "DATA_DIR": str(data), "OPENAI_BASE_URL": "", "OPENAI_API_KEY": ""}


@pytest.fixture
def runs_evals(suites: Path, data: Path, tmp_path: Path) -> Runs:
    """Runs the evals to their end."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = _command(suites, tmp_path, *words)
        return subprocess.run(
            command, cwd=ROOT, env=_environment(data), capture_output=True, text=True, check=False, timeout=300
        )

    return run


def test_two_runs_are_the_same_byte_for_byte_however_many_processes_play(runs_evals: Runs, tmp_path: Path) -> None:
    first = runs_evals("run", "good", "--seeds", "20", "--jobs", "2")
    second = runs_evals("run", "good", "--seeds", "20", "--jobs", "1")
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + first.stderr + second.stderr
    one, two = (run.folder for run in runs(tmp_path / "runs"))
    for name in ("run.json", "results.jsonl", "transcripts.jsonl", "prompts.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert len(Run(one).conversations()) == 60 and "All gates hold" in first.stdout


def test_a_gate_that_falls_is_exit_code_1_and_told_with_everything(runs_evals: Runs, tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("all.json", "junit.xml")]
    done = runs_evals("run", "lies", "--only", "precio-lies-0", "--json", files[0], "--junit", files[1])
    assert done.returncode == 1, done.stderr
    for told in (
        "lies/precio-lies-0",
        "turn 4",
        "says: gratis",
        "honesty gate",
        "expected",
        "actual",
        "cuanto cuesta?",
    ):
        assert told in done.stdout
    data = json.loads(Path(files[0]).read_text(encoding="utf-8"))
    assert data["gates"][0]["name"] == "honesty" and data["conversations"][0]["passed"] is False
    assert "<failure" in Path(files[1]).read_text(encoding="utf-8")
    told = runs_evals_view(tmp_path, "latest", "precio-lies-0")
    assert "cuanto cuesta?" in told and "249" in told


def runs_evals_view(tmp_path: Path, *words: str) -> str:
    """What `evals view` prints."""
    command = [sys.executable, "-m", "evals", "view", *words, "--runs", str(tmp_path / "runs")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "nowhere"), "no such suite"),
        (("run", "good", "--only", "nobody"), "No scenario is called nobody"),
        (("run", "good", "--prompts", "no-such-revision"), "neither a folder of prompts nor a git revision"),
        (("run", "good", "--model", "gpt-x"), "Where is gpt-x?"),
        (("run", "--resume", "never"), "'never' means no runs"),
        (("run", "good", "--seeds", "0"), "Invalid value"),
    ],
)
def test_what_cannot_be_done_as_asked_is_exit_code_2(runs_evals: Runs, words: tuple[str, ...], told: str) -> None:
    done = runs_evals(*words)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_malformed_file_is_told_with_its_line_and_nothing_is_played(runs_evals: Runs, suites: Path) -> None:
    (suites / "good" / "0.yaml").write_text(GOOD.format(number="0").replace("no_sale", "fame"), encoding="utf-8")
    done = runs_evals("run", "good")
    assert done.returncode == 2 and "0.yaml:7: right_end" in done.stderr
    linted = runs_evals_lint(suites)
    assert linted.returncode == 1 and "0.yaml:7: right_end" in linted.stdout


def runs_evals_lint(suites: Path) -> subprocess.CompletedProcess[str]:
    """`evals lint` on a folder of suites."""
    command = [sys.executable, "-m", "evals", "lint", "--suites-in", str(suites)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("processes", ["1", "2"])
async def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(
    suites: Path, data: Path, tmp_path: Path, runs_evals: Runs, processes: str
) -> None:
    command = _command(suites, tmp_path, "run", "good", "--seeds", "40", "--jobs", processes)
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=_environment(data),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    await met(lambda: _enough(tmp_path))
    os.killpg(running.pid, signal.SIGINT)
    out, err = await running.communicate()
    assert running.returncode == 130, err.decode()
    [run] = runs(tmp_path / "runs")
    kept = run.conversations()
    assert 5 <= len(kept) < 120 and not run.info.complete and b"--resume" in out and b"Traceback" not in err
    done = runs_evals("run", "--resume", run.name, "--jobs", processes)
    assert done.returncode == 0, done.stderr
    whole = run.conversations()
    assert len(whole) == 120 and run.info.complete and [one for one in whole if one in kept] == kept


def _enough(tmp_path: Path) -> bool:
    """Whether some conversations are in the journal."""
    return sum(len(path.read_bytes().splitlines()) for path in (tmp_path / "runs").glob("*/journal.jsonl")) >= 5


def test_a_replay_plays_what_was_recorded(runs_evals: Runs, tmp_path: Path) -> None:
    cassette = ("--cassette", str(tmp_path / "cassette"))
    assert runs_evals("record", "good", *cassette).returncode == 0
    assert runs_evals("replay", "good", *cassette).returncode == 0
    one, two = runs(tmp_path / "runs")
    assert (one.folder / "transcripts.jsonl").read_bytes() == (two.folder / "transcripts.jsonl").read_bytes()
    edited = tmp_path / "prompts"
    subprocess.run(["cp", "-r", str(ROOT / "prompts"), str(edited)], check=True)
    with (edited / "stages" / "conversation.md.j2").open("a", encoding="utf-8") as file:
        file.write("Sé breve.\n")
    done = runs_evals("replay", "good", *cassette, "--prompts", str(edited))
    assert done.returncode == 1 and "stages/conversation.md.j2" in done.stdout.replace("\n", "")


def test_new_writes_a_scenario_that_passes_lint(tmp_path: Path) -> None:
    from evals.commands.new import STARTER
    from evals.lint import lint

    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "one.yaml").write_text(STARTER.format(suite="s", id="mi-escena"), encoding="utf-8")
    library, faults = lint(["s"], tmp_path)
    assert faults == [] and library.found[0].scenario.id == "mi-escena"
