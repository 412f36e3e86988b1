"""The benchmark of one turn runs from end to end and reports everything; no figure of it is judged here."""

import asyncio
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTESTANTS = {"brenda", "loop", "stock"}

needs_langchain = pytest.mark.skipif(
    find_spec("langchain") is None,
    reason="LangChain's stock agent is in the dependency group `bench`: uv sync --group bench",
)


async def run(*arguments: str) -> tuple[int | None, str]:
    """The benchmark as its own process: its exit code, and all that it wrote."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "evals.benchmarks.turn",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@needs_langchain
async def test_a_quick_run_reports_every_figure_and_every_target(tmp_path: Path) -> None:
    code, output = await run("--quick", "--json", str(tmp_path / "figures.json"))
    assert code == 0, output
    report: dict[str, Any] = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert {lap["contestant"] for lap in report["laps"]} == CONTESTANTS
    assert {(lap["chats"], lap["mix"]) for lap in report["laps"]} == {
        (1, "half"),
        (2, "half"),
        (2, "tool"),
        (2, "text"),
    }
    assert all(lap["turns_per_second"] > 0 and lap["cpu_ms"] > 0 for lap in report["laps"])
    assert set(report["round_trips"]) == CONTESTANTS
    assert {name: [weight["turn"] for weight in chat] for name, chat in report["chat"].items()} == {
        "brenda": [2, 4],
        "stock": [2, 4],
    }
    calls = {(lap["contestant"], lap["mix"]): lap["model_calls"] for lap in report["laps"] if lap["mix"] != "half"}
    assert calls == {(name, mix): {"tool": 2.0, "text": 1.0}[mix] for name in CONTESTANTS for mix in ("tool", "text")}
    assert all(target["figure"] is not None for target in report["targets"])
    assert all(target["text"].split(",")[0] in output for target in report["targets"])


@needs_langchain
@pytest.mark.parametrize("turns", ["0", "many", "-1", "1001"])
def test_a_number_of_turns_that_makes_no_sense_is_refused_with_what_would(
    turns: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from evals.benchmarks.turn import main

    with pytest.raises(SystemExit, match="2"):
        main(["--quick", f"--turns={turns}"])
    assert f"{turns!r} should be a number from 1 to 1000" in capsys.readouterr().err
