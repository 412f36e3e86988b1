"""Supabase's own small server (`@supabase/lite` from npm) as a peer for tests; skipped where it is not installed.

It differs from the hosted Storage in one answer: it says `signedUrl` with a path from the root, where the client of
supabase-py expects `signedURL` with a path within Storage. A proxy on loopback gives that answer the hosted form and
passes everything else on as it is.
"""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, web

from tests.doors import open_door
from tests.processes import ROOT

PEERS = Path(os.environ.get("BRENDA_NODE_PEERS", ROOT / ".node"))
"""Where `.ci/run` installs what comes from npm."""
_HOP = {"transfer-encoding", "content-length", "content-encoding", "connection", "host"}


@dataclass(frozen=True)
class SupabaseLite:
    """A running server: its address (through the proxy), a secret key, and the one that anybody may have."""

    url: str
    key: str
    public_key: str


@asynccontextmanager
async def supabase_lite(folder: Path) -> AsyncIterator[SupabaseLite]:
    """Start one in an empty folder."""
    program = PEERS / "node_modules" / ".bin" / "lite"
    if not program.exists():
        pytest.skip(f"@supabase/lite is not installed in {PEERS}; .ci/run does it where npm is")
    environment = {
        "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(folder),
        "EXPERIMENTAL_STORAGE": "1",
        "NO_COLOR": "1",
    }
    await _finished(program, "init", folder, environment)
    port = _free_port()
    config = folder / "supabase" / "config.toml"
    config.write_text(config.read_text().replace("port = 54321", f"port = {port}"))
    keys = dict(re.findall(r"(\w+)=[\"']?([\w-]+)", (folder / ".env").read_text()))
    process = await asyncio.create_subprocess_exec(
        program, "--no-telemetry", "start", cwd=folder, env=environment | keys, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await _answers(f"http://127.0.0.1:{port}/storage/v1/bucket")
        async with _proxy(f"http://127.0.0.1:{port}") as url:
            yield SupabaseLite(url, keys["SUPABASE_SECRET_KEY"], keys["SUPABASE_PUBLISHABLE_KEY"])
    finally:
        process.terminate()
        await process.wait()


async def _finished(program: Path, command: str, folder: Path, environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        program,
        "--no-telemetry",
        command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _answers(url: str) -> None:
    async with asyncio.timeout(60), ClientSession() as session:
        while True:
            try:
                async with session.get(url):
                    return
            except ClientConnectionError:
                await asyncio.sleep(0.1)


@asynccontextmanager
async def _proxy(behind: str) -> AsyncIterator[str]:
    async with ClientSession(auto_decompress=True) as session:

        async def pass_on(request: web.Request) -> web.Response:
            headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
            asked = session.request(
                request.method, f"{behind}{request.rel_url}", headers=headers, data=await request.read()
            )
            async with asked as answer:
                body = (await answer.read()).replace(b'"signedUrl":"/storage/v1/', b'"signedURL":"/')
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
                return web.Response(status=answer.status, body=body, headers=kept)

        async with open_door(pass_on, 10_000_000) as address:
            yield address
