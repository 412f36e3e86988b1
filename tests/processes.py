"""Brenda as a process of her own, which a test may kill at any moment, and a look into her database from outside."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from core.db.pool import Pool

ROOT = Path(__file__).resolve().parents[1]


class Process:
    """`bot.py` running; `lines` is what it has printed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self._printed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())
            self._printed.set()
        self._printed.set()

    async def says(self, words: str, seconds: float = 150) -> None:
        """Wait until it has printed these words; an assertion tells all that it printed if it ends before."""
        async with asyncio.timeout(seconds):
            while not any(words in line for line in self.lines):
                assert not self._reading.done(), "\n".join(self.lines)
                self._printed.clear()
                await self._printed.wait()

    async def kill(self) -> None:
        """SIGKILL: nothing is cleaned up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: it finishes what is under way."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)
        await self.process.wait()
        await self._reading


@asynccontextmanager
async def brenda(*arguments: str, data_dir: Path, **settings: str) -> AsyncIterator[Process]:
    """Start `bot.py` with these arguments and settings; it is killed at the end if it still runs."""
    environment = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TZ", "XDG_RUNTIME_DIR")
    }
    settings = {"DATA_DIR": str(data_dir), "LOG_LEVEL": "warning", "BURST_SECONDS": "0", **settings}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "bot.py",
        *arguments,
        cwd=ROOT,
        env=environment | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    started = Process(process)
    try:
        yield started
    finally:
        await started.kill()


async def value(pool: Pool, query: str, *parameters: object) -> object:
    """The first column of the first row."""
    async with pool.connection() as conn:
        row = await (await conn.execute(query.encode(), parameters)).fetchone()
    return next(iter(row.values())) if row else None


async def until(pool: Pool, query: str, *parameters: object, seconds: float = 150) -> None:
    """Wait until a query says true."""
    async with asyncio.timeout(seconds):
        while not await value(pool, query, *parameters):
            await asyncio.sleep(0.05)


async def met(condition: Callable[[], bool], seconds: float = 150) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
