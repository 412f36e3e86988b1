"""`bot.py` as somebody runs it who types a command: what it is given, what it prints, and how it ends."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from traceback import format_exception

from typer import Typer
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parents[1]
_KEPT = ("PATH", "HOME", "LANG", "TZ", "XDG_RUNTIME_DIR")


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def clean(self) -> bool:
        """Whether it ended as it should, and without a word about itself."""
        return self.code == 0 and not self.err


async def start(
    *arguments: str, settings: dict[str, str], stdin: int = PIPE, stdout: int = PIPE, cwd: Path = ROOT
) -> Process:
    """Start a command; whoever starts it ends it."""
    return await _python(str(ROOT / "bot.py"), *arguments, settings=settings, stdin=stdin, stdout=stdout, cwd=cwd)


async def _python(*arguments: str, settings: dict[str, str], stdin: int, stdout: int, cwd: Path) -> Process:
    environment = {name: value for name, value in os.environ.items() if name in _KEPT}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=cwd,
        env=environment | settings,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
    )


async def finish(process: Process, given: bytes | None = None, seconds: float = 300) -> Finished:
    """Give it this, and wait for its end; it is killed when that does not come."""
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Finished(process.returncode or 0, (out or b"").decode(), (err or b"").decode())


async def run(*arguments: str, given: bytes = b"", cwd: Path = ROOT, **settings: str) -> Finished:
    """Run a command to its end."""
    return await finish(await start(*arguments, cwd=cwd, settings=settings), given)


async def run_python(*arguments: str, **settings: str) -> Finished:
    """Run Python with these arguments to its end, such as a module by its name, in the project's folder."""
    process = await _python(*arguments, settings=settings, stdin=DEVNULL, stdout=PIPE, cwd=ROOT)
    return await finish(process, seconds=300)


def typed(app: Typer, *arguments: str, cwd: Path = ROOT, **settings: str) -> Finished:
    """A command in this very process, which need not start and import everything: for what a test asks about the
    command itself. How a process begins and ends is for `run` to tell."""
    hidden: dict[str, str | None] = {name: None for name in os.environ if name not in _KEPT}
    with chdir(cwd):
        result = CliRunner().invoke(app, arguments, env=hidden | settings)
    crashed = result.exception is not None and not isinstance(result.exception, SystemExit)
    trace = "".join(format_exception(result.exception)) if crashed else ""
    return Finished(result.exit_code, result.stdout, result.stderr + trace)
