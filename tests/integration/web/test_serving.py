"""The web app as a process: beside the chat, alone, on a taken port, and gone without a trace at the end."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession

from channels.web.address import listen
from tests.commands import run
from tests.databases import data_folder
from tests.processes import Process, brenda


@pytest.fixture(scope="module")
async def folder() -> AsyncIterator[Path]:
    with data_folder() as made:
        yield made


async def status(url: str) -> int:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status


def address(process: Process) -> str:
    """Where it says that its pages are."""
    found = re.search(r"http://[\d.]+:\d+", "\n".join(process.lines))
    assert found, process.lines
    return found[0]


async def test_alone_it_serves_until_it_is_told_to_stop(folder: Path) -> None:
    async with brenda("web", "--port", "0", data_dir=folder) as process:
        await process.says("Her pages are at")
        base = address(process)
        assert [await status(base + path) for path in ("/healthz", "/privacidad", "/readyz", "/r/x")] == [
            200,
            200,
            503,
            404,
        ]
        await process.stop()
        assert process.process.returncode == 0
    with pytest.raises(ClientConnectionError):
        await status(base)


async def test_beside_the_chat_it_serves_what_the_chat_links_to(folder: Path) -> None:
    lines = "hola\nAcepto\nAna\nIA para Profesionales\nmándame un recurso gratis\n".encode()
    finished = await run("chat", given=lines, DATA_DIR=str(folder), WEB="true", WEB_PORT="0", BURST_SECONDS="0")
    assert finished.clean, finished
    assert re.search(r"→ http://127\.0\.0\.1:[1-9]\d*/r/\S+", finished.out), finished.out


async def test_a_pipe_serves_nothing_unless_it_is_asked_to(folder: Path) -> None:
    finished = await run("chat", given=b"", DATA_DIR=str(folder))
    assert finished.clean, finished
    assert "http://" not in finished.out


async def test_a_port_that_was_chosen_and_is_taken_is_named(folder: Path) -> None:
    with closing(listen("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        finished = await run("web", "--port", port, given=b"", DATA_DIR=str(folder))
    assert finished.code == 1
    assert f"127.0.0.1:{port} cannot be used" in finished.err
    assert "Traceback" not in finished.err


async def test_two_that_were_not_configured_live_side_by_side(folder: Path) -> None:
    async with brenda("web", data_dir=folder) as one:
        await one.says("Her pages are at")
        with data_folder() as other:
            async with brenda("web", data_dir=other) as two:
                await two.says("Her pages are at")
                assert address(one) != address(two)
                assert await asyncio.gather(*(status(f"{address(each)}/healthz") for each in (one, two))) == [200, 200]
