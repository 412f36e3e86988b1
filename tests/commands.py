"""`bot.py` as somebody runs it who types a command: what it is given, what it prints, and how it ends."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

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
    environment = {name: value for name, value in os.environ.items() if name in _KEPT}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "bot.py"),
        *arguments,
        cwd=cwd,
        env=environment | settings,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
    )


async def finish(process: Process, given: bytes | None = None, seconds: float = 60) -> Finished:
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
