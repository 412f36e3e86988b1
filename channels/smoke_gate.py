"""The evals' `smoke` suite as a gate before the prompts: a good-looking edit must also behave, in 30 conversations.

The suite runs as a process of its own, with low priority, on a copy of the edit, so that the loop that answers people
is never held up and later edits change nothing of what is judged. The evals are not imported, and get no setting but
the folder of their own database: no token and no address of a real one. Whatever keeps the suite from running to its
end is a fault too, because an edit that nobody has tried is not taken live.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog
from pydantic import BaseModel, ValidationError

from core.prompts.fault import Fault
from core.prompts.prompt_set import PromptSet

log = structlog.get_logger(__name__)

SUITE = "smoke"
ROOT = Path(__file__).resolve().parents[1]
_PASSED, _FELL = 0, 1
_KEPT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH")
_MOST_FAULTS = 12
_MOST_CHARS = 240
_GRACE_SECONDS = 10.0


class _Gate(BaseModel):
    name: str
    reason: str


class _Verdict(BaseModel):
    check: str
    turn: int | None = None
    gate: str = "none"
    expected: str
    actual: str
    around: tuple[str, str] = ("", "")


class _Conversation(BaseModel):
    scenario: str
    passed: bool
    error: str = ""
    right_end: tuple[str, ...] = ()
    end: str = ""
    verdicts: tuple[_Verdict, ...] = ()
    prospect_faults: tuple[str, ...] = ()


class _Info(BaseModel):
    prompt_hash: str


class _Report(BaseModel):
    """What of the JSON that the evals write is read here."""

    info: _Info
    gates: tuple[_Gate, ...]
    conversations: tuple[_Conversation, ...]


@dataclass(frozen=True, slots=True)
class SmokeGate:
    """`data_dir`: below it the evals keep their database. `root`: where the package `evals` lies. `seconds`: how long
    the suite may take; a first run makes its database, later ones take a few seconds.
    """

    data_dir: Path
    root: Path = ROOT
    seconds: float = 300.0

    async def __call__(self, prompts: PromptSet) -> list[Fault]:
        """What speaks against these prompts, a line a scenario; empty when the suite passes."""
        log.info("prompt_edit_on_trial", hash=prompts.hash[:12])
        try:
            async with asyncio.timeout(self.seconds):
                faults = await self._judged(prompts)
        except TimeoutError:
            faults = [_not_tried(f"it took longer than {self.seconds:g} seconds")]
        except OSError as error:
            faults = [_not_tried(f"{type(error).__name__}: {error}")]
        log.info("prompt_edit_tried", hash=prompts.hash[:12], faults=len(faults))
        return faults

    async def _judged(self, prompts: PromptSet) -> list[Fault]:
        if not (self.root / "evals" / "__main__.py").is_file():
            return [_not_tried(f"there are no evals in {self.root}")]
        with tempfile.TemporaryDirectory(prefix="brenda-gate-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            await asyncio.to_thread(_write, prompts.files, folder / "prompts")
            said = folder / "said.txt"
            with said.open("wb") as errors:
                async with self._started(folder, errors) as process:
                    code = await process.wait()
            return _faults(code, folder / "report.json", said.read_text(errors="replace"), prompts.hash)

    @asynccontextmanager
    async def _started(self, folder: Path, errors: BinaryIO) -> AsyncIterator[Process]:
        """The suite's process; whatever ends the wait for it ends it too, with all that it started.

        It says what is wrong into a file, since a pipe would stay open as long as the database that it starts.
        """
        process = await asyncio.create_subprocess_exec(
            *_gently(),
            *(sys.executable, "-m", "evals", "run", SUITE, "--jobs", "1", "--failures", "0"),
            *("--prompts", str(folder / "prompts")),
            *("--json", str(folder / "report.json")),
            *("--runs", str(folder / "runs")),
            cwd=folder,
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                await _end(process)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        folders = {
            "PYTHONPATH": self.root,
            "DATA_DIR": self.data_dir.expanduser().resolve(),
            "MEDIA_DIR": self.root / "supabase" / "storage",
        }
        return kept | {name: str(folder) for name, folder in folders.items()}


def _gently() -> Iterator[str]:
    """Turns come first: the suite takes what they leave of the processor."""
    nice = shutil.which("nice")
    if nice:
        yield from (nice, "-n", "15")


def _write(texts: Mapping[str, str], folder: Path) -> None:
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


async def _end(process: Process) -> None:
    """As Ctrl-C would, so that its database is stopped; by force when that does not help."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await process.wait()
                return


def _faults(code: int | None, report: Path, said: str, expected_hash: str) -> list[Fault]:
    """The report's, if there is one that is about these prompts; else why there is none."""
    last = " / ".join(line.strip() for line in said.strip().splitlines()[-3:])
    if code not in (_PASSED, _FELL) or not report.is_file():
        return [_not_tried(f"it ended with exit code {code}: {_cut(last) or 'and said nothing'}")]
    try:
        found = _Report.model_validate_json(report.read_bytes())
    except ValidationError as error:
        return [_not_tried(f"its report cannot be read: {error.error_count()} faults")]
    counted = [one for one in found.conversations if not one.prospect_faults]
    if found.info.prompt_hash != expected_hash or not counted:
        return [_not_tried("its report is about other prompts, or about no conversation")]
    return [] if code == _PASSED else _fallen(found)


def _fallen(found: _Report) -> list[Fault]:
    failed = [one for one in found.conversations if not one.passed and not one.prospect_faults]
    failed.sort(key=lambda one: all(verdict.gate == "none" for verdict in one.verdicts))
    faults = [Fault(f"{SUITE}/{one.scenario}", 0, "", told) for one in failed for told in _told(one)]
    faults = faults or [Fault(SUITE, 0, gate.name, gate.reason) for gate in found.gates]
    rest = len(faults) - _MOST_FAULTS
    more = [Fault(SUITE, 0, "", f"and {rest} more; see: uv run -m evals run {SUITE}")] if rest > 0 else []
    return [*faults[:_MOST_FAULTS], *more]


def _told(one: _Conversation) -> Iterator[str]:
    if one.error:
        yield f"broke off: {_cut(one.error)}"
    elif not one.verdicts:
        yield f"ended as {one.end}; right would be {' or '.join(one.right_end)}"
    for verdict in one.verdicts:
        where = f"turn {verdict.turn}" if verdict.turn else "at the end"
        gate = f" ({verdict.gate} gate)" if verdict.gate != "none" else ""
        prospect, brenda = map(_cut, verdict.around)
        yield (
            f"{where}, {verdict.check}{gate}: expected {_cut(verdict.expected)}; actual {_cut(verdict.actual)};"
            f" prospect «{prospect}», Brenda «{brenda}»"
        )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARS else f"{line[: _MOST_CHARS - 1]}…"


def _not_tried(reason: str) -> Fault:
    return Fault(SUITE, 0, "", f"the suite could not be run, so the edit is not taken live: {reason}")
