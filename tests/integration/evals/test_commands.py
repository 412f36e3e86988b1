"""The command line as it is typed: exit codes, the same bytes twice, Ctrl-C and resume, and no network."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.db.embedded import start_embedded
from evals.__main__ import app
from evals.database import FOLDER
from evals.results import Run, runs
from tests.commands import Finished, typed
from tests.databases import data_folder
from tests.fakes.openai_server import Answer, Body, FakeOpenAI
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
SEEDS = 17
"""With three scenarios, more conversations than one process plays alone when it may have two."""
Runs = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def data() -> Iterator[Path]:
    """A data folder for the evals' own server, which all tests of this file share, and which is not stopped between."""
    with data_folder() as folder, closing(start_embedded(folder / FOLDER)):
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


def _environment(data: Path, model_url: str = "") -> dict[str, str]:
    return {**os.environ, "DATA_DIR": str(data), "OPENAI_BASE_URL": model_url, "OPENAI_API_KEY": ""}


@pytest.fixture
def runs_evals(suites: Path, data: Path, tmp_path: Path) -> Runs:
    """Runs the evals to their end."""

    def run(*words: str, model_url: str = "") -> subprocess.CompletedProcess[str]:
        command, environment = _command(suites, tmp_path, *words), _environment(data, model_url)
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    return run


def test_two_runs_are_the_same_byte_for_byte_however_many_processes_play(runs_evals: Runs, tmp_path: Path) -> None:
    first = runs_evals("run", "good", "--seeds", str(SEEDS), "--jobs", "2")
    second = runs_evals("run", "good", "--seeds", str(SEEDS), "--jobs", "1")
    assert (first.returncode, second.returncode) == (0, 0), first.stdout + first.stderr + second.stderr
    one, two = (run.folder for run in runs(tmp_path / "runs"))
    for name in ("run.json", "results.jsonl", "transcripts.jsonl", "prompts.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert len(Run(one).conversations()) == 3 * SEEDS and "All gates hold" in first.stdout


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
    viewed = typed(app, "view", "latest", "precio-lies-0", "--runs", str(tmp_path / "runs"))
    assert viewed.clean and "cuanto cuesta?" in viewed.out and "249" in viewed.out


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
def test_what_cannot_be_done_as_asked_is_exit_code_2(
    suites: Path, data: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = _typed(suites, data, tmp_path, *words)
    assert done.code == 2 and told in done.err and "Traceback" not in done.err, done.err


def _typed(suites: Path, data: Path, tmp_path: Path, *words: str) -> Finished:
    """A run that ends before anything is played, in this process."""
    folders = ("--runs", str(tmp_path / "runs"), "--suites-in", str(suites))
    return typed(app, *words, *folders, DATA_DIR=str(data), OPENAI_BASE_URL="", OPENAI_API_KEY="")


def test_a_malformed_file_is_told_with_its_line_and_nothing_is_played(suites: Path, data: Path, tmp_path: Path) -> None:
    (suites / "good" / "0.yaml").write_text(GOOD.format(number="0").replace("no_sale", "fame"), encoding="utf-8")
    done = _typed(suites, data, tmp_path, "run", "good")
    assert done.code == 2 and "0.yaml:7: right_end" in done.err
    linted = typed(app, "lint", "--suites-in", str(suites))
    assert linted.code == 1 and "0.yaml:7: right_end" in linted.out


@pytest.mark.parametrize("processes", ["1", "2"])
async def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(
    suites: Path, data: Path, tmp_path: Path, runs_evals: Runs, processes: str
) -> None:
    """The model falls silent in the middle, so that the run cannot be over before it is interrupted."""

    def respond(_: Body) -> Answer:
        if not interrupted and fake.count > 12:
            fake.hold()
        return Answer(text="Cuesta 249 USD. ¿Te cuento cómo se paga?")

    interrupted, asked = False, ("run", "good", "--model", "fake", "--seeds", str(SEEDS), "--jobs", processes)
    async with FakeOpenAI(respond) as fake:
        running = await asyncio.create_subprocess_exec(
            *_command(suites, tmp_path, *asked),
            cwd=ROOT,
            env=_environment(data, fake.base_url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        await met(lambda: _kept(tmp_path) >= 5)
        os.killpg(running.pid, signal.SIGINT)
        interrupted = True
        fake.release()  # workers play what they hold to its end
        out, err = await running.communicate()
        assert running.returncode == 130, err.decode()
        [run] = runs(tmp_path / "runs")
        kept = run.conversations()
        assert 5 <= len(kept) < 3 * SEEDS and not run.info.complete and b"--resume" in out and b"Traceback" not in err
        again = ("run", "--resume", run.name, "--jobs", processes)
        done = await asyncio.to_thread(runs_evals, *again, model_url=fake.base_url)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = run.conversations()
    assert len(whole) == 3 * SEEDS and run.info.complete and [one for one in whole if one in kept] == kept


def _kept(tmp_path: Path) -> int:
    """How many conversations are in the journal."""
    return sum(path.read_bytes().count(b"\n") for path in (tmp_path / "runs").glob("*/journal.jsonl"))


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
