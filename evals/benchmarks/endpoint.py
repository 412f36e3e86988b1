"""The fake endpoint as its own process, so that what it costs is not counted against anyone."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from evals.benchmarks.vendor import TALLY

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the endpoint has seen so far: `calls`, and `characters` of all their messages."""

    calls: int
    characters: int


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running endpoint. `latency`: seconds before each of its answers."""

    base_url: str
    latency: float

    async def tally(self) -> Tally:
        """Ask what it has seen; the question itself is not counted."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.base_url}/chat/completions", json={"model": TALLY, "messages": []}) as response,
        ):
            return Tally(**await response.json(content_type=None))


@asynccontextmanager
async def open_endpoint(latency: float) -> AsyncIterator[Endpoint]:
    """Start the process and end it. It has a session of its own, so that Ctrl-C reaches the benchmark alone."""
    command = (sys.executable, "-m", "evals.benchmarks.vendor", "--latency", str(latency))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT, start_new_session=True)
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        address = (await process.stdout.readline()).decode().strip()
        if not address:
            raise RuntimeError("the fake endpoint ended before it had an address; its own message stands above")
        yield Endpoint(address, latency)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
