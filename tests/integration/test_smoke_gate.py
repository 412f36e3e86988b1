"""The gate before the prompts: with a suite that does as a test says, and with the real one on the real prompts."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from channels.smoke_gate import SmokeGate
from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary
from core.prompts.prompt_set import PromptSet
from tests.databases import data_folder
from tests.processes import met
from tests.worlds import ROOT

TRIAL_SECONDS = 600.0
"""The real suite runs with the lowest priority, beside whatever else the machine does."""
SUITE = """\
import json, os, pathlib, sys, time
asked = sys.argv[1:]
given = {asked[at]: asked[at + 1] for at in range(2, len(asked) - 1) if asked[at].startswith("--")}
here = pathlib.Path(__file__).parent
"""
SEEN = """\
folder = pathlib.Path(given["--prompts"])
(here / "seen.json").write_text(json.dumps({
    "asked": asked[:2], "nice": os.nice(0), "cwd": os.getcwd(), "environment": sorted(os.environ),
    "prompts": sorted(str(path.relative_to(folder)) for path in folder.rglob("*")),
}))
"""
SAYS = """\
pathlib.Path(given["--json"]).write_text((here / "report.json").read_text())
sys.exit(int((here / "code").read_text()))
"""
VERDICT = {
    "check": "answers: price",
    "turn": 4,
    "gate": "none",
    "expected": "answers price",
    "actual": "open: price",
    "around": ["¿cuánto cuesta?", "No lo sé.\nDe verdad."],
    "kind": "answers",
}
GOOD = {"scenario": "precio-directo", "passed": True, "right_end": ["no_sale"], "end": "no_sale", "verdicts": []}


@pytest.fixture
def prompts(tmp_path: Path) -> PromptSet:
    (tmp_path / "prompts" / "deep").mkdir(parents=True)
    (tmp_path / "prompts" / "deep" / "hello.md.j2").write_text("{# variables: none #}\nhola, mañana")
    (tmp_path / "prompts" / "data.toml").write_text("none = 1")
    return PromptSet.load(tmp_path / "prompts")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A house whose evals are what a test writes."""
    (tmp_path / "house" / "evals").mkdir(parents=True)
    return tmp_path / "house"


def gate(root: Path, script: str, seconds: float = 60) -> SmokeGate:
    (root / "evals" / "__main__.py").write_text(SUITE + script)
    return SmokeGate(root / "data", root, seconds)


def reporting(root: Path, prompts: PromptSet, code: int, *conversations: Any, **other: Any) -> SmokeGate:
    report = {"info": {"prompt_hash": prompts.hash}, "gates": [], "conversations": conversations, "run": "x", **other}
    (root / "evals" / "report.json").write_text(json.dumps(report))
    (root / "evals" / "code").write_text(str(code))
    return gate(root, SEEN + SAYS)


async def test_a_suite_that_passes_says_nothing(
    root: Path, prompts: PromptSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456789:AAAAAAAAAAAAAAAAAAAAAAAA")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@127.0.0.1/real")
    assert await reporting(root, prompts, 0, GOOD)(prompts) == []
    seen = json.loads((root / "evals" / "seen.json").read_text())
    assert seen["asked"] == ["run", "smoke"]
    assert seen["prompts"] == ["data.toml", "deep", "deep/hello.md.j2"]
    assert seen["nice"] > os.nice(0)
    assert not {"TELEGRAM_BOT_TOKEN", "DATABASE_URL"} & set(seen["environment"])
    assert await asyncio.to_thread(Path(seen["cwd"]).exists) is False


async def test_each_check_that_fails_is_told_with_the_lines_around(root: Path, prompts: PromptSet) -> None:
    bad = GOOD | {"passed": False, "verdicts": [VERDICT]}
    lie = bad | {"scenario": "oferta", "verdicts": [VERDICT | {"gate": "honesty", "turn": None}]}
    wrong_end = GOOD | {"scenario": "sin-venta", "passed": False, "end": "demo"}
    crash = GOOD | {"scenario": "se-rompe", "passed": False, "error": "KeyError: 'x'"}
    void = bad | {"scenario": "nula", "prospect_faults": ["said nothing"]}
    faults = await reporting(root, prompts, 1, bad, lie, wrong_end, crash, void, GOOD)(prompts)
    assert [fault.file for fault in faults] == [
        "smoke/oferta",
        "smoke/precio-directo",
        "smoke/sin-venta",
        "smoke/se-rompe",
    ]
    assert faults[0].message.startswith("at the end, answers: price (honesty gate)")
    assert faults[1].message == (
        "turn 4, answers: price: expected answers price; actual open: price;"
        " prospect «¿cuánto cuesta?», Brenda «No lo sé. De verdad.»"
    )
    assert faults[2].message == "ended as demo; right would be no_sale"
    assert faults[3].message == "broke off: KeyError: 'x'"


async def test_many_failures_are_cut_short_and_a_gate_alone_is_told(root: Path, prompts: PromptSet) -> None:
    bad = [GOOD | {"scenario": f"uno-{number}", "passed": False, "verdicts": [VERDICT]} for number in range(30)]
    many = await reporting(root, prompts, 1, *bad)(prompts)
    assert len(many) == 13
    assert "and 18 more" in many[-1].message
    fell = {"name": "suite smoke", "reason": "90 % passed"}
    assert [str(fault) for fault in await reporting(root, prompts, 1, GOOD, gates=[fell])(prompts)] == [
        "smoke: suite smoke: 90 % passed"
    ]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise RuntimeError('the roof is gone')", "exit code 1: .*RuntimeError: the roof is gone"),
        ("print('no such suite', file=sys.stderr); sys.exit(2)", "exit code 2: no such suite"),
        ("os.kill(os.getpid(), 9)", "exit code -9: and said nothing"),
        ("sys.exit(0)", "exit code 0: and said nothing"),
        ("pathlib.Path(given['--json']).write_text('{'); sys.exit(0)", "its report cannot be read"),
        ("pathlib.Path(given['--json']).write_text('{}'); sys.exit(0)", "its report cannot be read"),
    ],
)
async def test_a_suite_that_does_not_run_to_its_end_refuses(
    root: Path, prompts: PromptSet, script: str, reason: str
) -> None:
    (fault,) = await gate(root, script)(prompts)
    assert fault.file == "smoke"
    assert re.search(rf"not taken live: .*{reason}", fault.message), fault.message


@pytest.mark.parametrize("report", [{"conversations": []}, {"info": {"prompt_hash": "another"}}])
async def test_a_report_that_proves_nothing_refuses(root: Path, prompts: PromptSet, report: dict[str, Any]) -> None:
    (fault,) = await reporting(root, prompts, 0, GOOD, **report)(prompts)
    assert "about other prompts, or about no conversation" in fault.message


async def test_without_evals_every_edit_is_refused(tmp_path: Path, prompts: PromptSet) -> None:
    (fault,) = await SmokeGate(tmp_path, tmp_path)(prompts)
    assert "there are no evals" in fault.message


WAITS = """\
try:
    (here / "number").write_text(str(os.getpid()))
    time.sleep(600)
except KeyboardInterrupt:
    (here / "ended").write_text("as by Ctrl-C")
"""


async def test_a_suite_that_takes_too_long_is_ended_and_refuses(root: Path, prompts: PromptSet) -> None:
    (fault,) = await gate(root, WAITS, 1.0)(prompts)
    assert "it took longer than 1 seconds" in fault.message
    assert not _runs(root)


async def test_a_trial_that_is_called_off_ends_its_process(root: Path, prompts: PromptSet) -> None:
    trial = asyncio.ensure_future(gate(root, WAITS)(prompts))
    await met(lambda: _runs(root))
    trial.cancel()
    await asyncio.wait({trial})
    assert trial.cancelled()
    assert not _runs(root)
    assert (root / "evals" / "ended").read_text() == "as by Ctrl-C"


def _runs(root: Path) -> bool:
    number = root / "evals" / "number"
    return number.exists() and bool(number.read_text()) and Path("/proc", number.read_text()).exists()


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@asynccontextmanager
async def _watched(library: PromptLibrary) -> AsyncIterator[None]:
    stop = asyncio.Event()
    watching = asyncio.create_task(library.watch(stop))
    try:
        yield
    finally:
        stop.set()
        await watching


async def test_a_real_edit_that_hurries_people_is_refused_and_a_good_one_goes_live(tmp_path: Path, data: Path) -> None:
    """The verifier lets no false hurry through, so with it in every wording nobody is told the price any more."""
    folder = tmp_path / "prompts"
    shutil.copytree(ROOT / "prompts", folder)
    warnings: list[list[Fault]] = []
    library = PromptLibrary(folder, warnings.append, SmokeGate(data))
    before, price = library.current, folder / "embedded" / "price.md.j2"
    head, _, wordings = price.read_text(encoding="utf-8").partition("\n")
    hurried = [f"{wording.strip()} Quedan 2 plazas y se acaba hoy." for wording in wordings.split("\n---\n")]
    async with _watched(library):
        price.write_text("\n".join((head, "\n---\n".join(hurried))), encoding="utf-8")
        await met(lambda: bool(warnings), TRIAL_SECONDS)
        assert library.current is before
        assert any(fault.file == "smoke/precio-directo" and "answers: price" in fault.message for fault in warnings[0])
        price.write_text("\n".join((head, wordings.replace("cuesta", "tiene un precio de", 1))), encoding="utf-8")
        await met(lambda: library.current is not before or len(warnings) > 1, TRIAL_SECONDS)
        assert (len(warnings), "tiene un precio de" in library.current.text("embedded/price.md.j2")) == (1, True)
