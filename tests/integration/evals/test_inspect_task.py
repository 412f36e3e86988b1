"""The same conversations through inspect_ai; skipped where the group `evals` is not installed."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from core.db.embedded import start_embedded
from evals.database import FOLDER
from evals.results import runs
from tests.databases import data_folder
from tests.evaluations import make_turn
from tests.worlds import ROOT

pytestmark = pytest.mark.skipif(find_spec("inspect_ai") is None, reason="the dependency group evals is not installed")

GOOD = """\
id: precio-{name}
about: The price is told.
turns:
  - says: cuanto cuesta?
    checks:
      - says: "{words}"
        gate: honesty
right_end: no_sale
"""


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder for the evals' own server."""
    with data_folder() as folder, closing(start_embedded(folder / FOLDER)):
        yield folder


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """Two suites of one scenario: `good` passes, `lies` does not."""
    for name, words in (("good", "249"), ("lies", "gratis")):
        (tmp_path / "suites" / name).mkdir(parents=True)
        path = tmp_path / "suites" / name / "one.yaml"
        path.write_text(GOOD.format(name=name, words=words), encoding="utf-8")
    return tmp_path / "suites"


def _run(suites: Path, data: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evals", "run", *words, "--runs", str(folder), "--suites-in", str(suites)]
    environment = {**os.environ, "DATA_DIR": str(data), "OPENAI_BASE_URL": "", "OPENAI_API_KEY": ""}
    environment |= {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def _read(log: Path) -> Any:
    """A log of inspect_ai's, whose import takes seconds that a worker without this file need not spend."""
    from inspect_ai.log import read_eval_log

    return read_eval_log(str(log))


def test_what_inspect_plays_is_byte_for_byte_what_the_bare_loop_plays(suites: Path, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    for words in (("good", "--seeds", "4", "--inspect"), ("good", "--seeds", "4")):
        done = _run(suites, data, folder, *words)
        assert done.returncode == 0 and "All gates hold" in done.stdout, done.stdout + done.stderr
    by_inspect, bare = runs(folder)
    for name in ("run.json", "results.jsonl", "transcripts.jsonl"):
        assert (by_inspect.folder / name).read_bytes() == (bare.folder / name).read_bytes()
    [log] = list((by_inspect.folder / "inspect").glob("*.eval"))
    read = _read(log)
    assert read.status == "success" and len(read.samples) == 4 and read.eval.config.epochs == 4
    assert [each.name for each in read.results.scores] == ["passed"] * 2 and "249" in read.samples[0].messages[-1].text


def test_a_gate_that_falls_is_exit_code_1_where_inspect_would_say_0(suites: Path, data: Path, tmp_path: Path) -> None:
    (suites / "good" / "_suite.yaml").write_text("seeds: 3\n", encoding="utf-8")
    done = _run(suites, data, tmp_path / "runs", "--inspect")
    assert done.returncode == 1 and "Gate fell: honesty" in done.stdout, done.stdout + done.stderr
    [run] = runs(tmp_path / "runs")
    assert [(one.suite, one.seed) for one in run.conversations()] == [("good", n) for n in range(3)] + [("lies", 0)]
    [log] = list((run.folder / "inspect").glob("*.eval"))
    read = _read(log)
    assert read.status == "success" and read.results.scores[0].metrics["mean"].value == 0.5


def test_what_was_played_before_is_not_played_again(suites: Path, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    assert _run(suites, data, folder, "good", "--seeds", "4").returncode == 0
    [run] = runs(folder)
    whole = (run.folder / "results.jsonl").read_bytes()
    noted = [json.loads(line) for line in whole.splitlines()]
    transcripts = (run.folder / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    kept = {"conversation": noted[0], "transcript": json.loads(transcripts[0]), "seconds": 1.0, "turn_ms": [1.0]}
    (run.folder / "journal.jsonl").write_text(json.dumps(kept) + "\n", encoding="utf-8")
    done = _run(suites, data, folder, "--inspect", "--resume", "latest")
    assert done.returncode == 0 and (run.folder / "results.jsonl").read_bytes() == whole, done.stdout + done.stderr
    [log] = list((run.folder / "inspect").glob("*.eval"))
    assert _read(log).results.scores[0].scored_samples == 1
    assert next(line["seconds"] for line in run.times()) == 1.0


async def test_suites_with_fewer_seeds_leave_epochs_unscored(suites: Path) -> None:
    from evals.inspect_task import conversations
    from evals.loading import read_library
    from evals.running import jobs_of

    jobs = jobs_of(read_library((), suites).checked(), 8)
    kept = [job for job in jobs if job.suite == "good" or job.seed == 0]
    task = conversations(kept, asyncio.Queue(), {})
    assert task.epochs == 8 and [sample.id for sample in task.dataset] == ["precio-good", "precio-lies"]
    assert task.dataset.name == "good+lies"


async def test_the_model_in_inspect_s_place_counts_without_a_tokenizer_and_is_never_asked() -> None:
    from inspect_ai.model import ChatMessageUser

    from core.errors import EvalError
    from evals.inspect_task import BrendaModel, messages
    from evals.record import Transcript
    from tests.evaluations import make_outcome

    model = BrendaModel("embedded")
    assert await model.count_tokens("a" * 40) == 10 == await model.count_tokens([ChatMessageUser(content="a" * 40)])
    with pytest.raises(EvalError, match="nothing here asks"):
        await model.generate([], [], "auto", None)
    told = messages(
        Transcript(suite="s", scenario="e", seed=0, turns=(make_turn(1, "¡Hola!"),), outcome=make_outcome())
    )
    assert [(each.role, each.text) for each in told] == [("user", "hola"), ("assistant", "¡Hola!")]
