"""A look at a page as a phone shows it: headless chromium, driven over its own debugging protocol.

Only what the page really does counts: which addresses it asks for, how wide it becomes, what its log complains of.
"""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import pytest

PHONE = (360, 740)
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Look:
    """What was seen: the requests, the complaints, how far the page sticks out to the side, and a picture (PNG)."""

    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    overflow: int = 0
    picture: bytes = b""


@dataclass
class Browser:
    """An open tab."""

    socket: aiohttp.ClientWebSocketResponse
    number: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    async def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; what happens meanwhile is kept in `events`."""
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": params})
        while True:
            message = json.loads((await self.socket.receive()).data)
            if message.get("id") == self.number:
                assert "error" not in message, message
                return dict(message["result"])
            self.events.append(message)

    async def happened(self, method: str) -> None:
        """Wait for an event."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(json.loads((await self.socket.receive()).data))

    async def look(self, url: str, dark: bool = False, width: int = PHONE[0]) -> Look:
        """Open a page at phone width."""
        self.events.clear()
        size = {"width": width, "height": PHONE[1], "deviceScaleFactor": 2, "mobile": width < 600}
        await self.tell("Emulation.setDeviceMetricsOverride", **size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self.tell("Emulation.setEmulatedMedia", features=scheme)
        async with asyncio.timeout(60):
            await self.tell("Page.navigate", url=url)
            await self.happened("Page.loadEventFired")
        measured = await self.tell("Runtime.evaluate", expression=_OVERFLOW)
        shot = await self.tell("Page.captureScreenshot", captureBeyondViewport=True)
        seen = Look(overflow=int(measured["result"]["value"]), picture=base64.b64decode(shot["data"]))
        for event in self.events:
            params = event.get("params", {})
            if event.get("method") == "Network.requestWillBeSent":
                seen.requested.append(params["request"]["url"])
            elif event.get("method") == "Log.entryAdded":
                seen.complaints.append(params["entry"]["text"])
        return seen


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium with one tab; the test is skipped where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with TemporaryDirectory(prefix="brenda-browser-", ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--remote-debugging-port=0",
            f"--user-data-dir={folder}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with aiohttp.ClientSession() as session, _tab(session, Path(folder)) as socket:
                made = Browser(socket)
                for domain in ("Page", "Network", "Log", "Runtime"):
                    await made.tell(f"{domain}.enable")
                yield made
        finally:
            process.kill()
            await process.wait()


@asynccontextmanager
async def _tab(session: aiohttp.ClientSession, folder: Path) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    told = folder / "DevToolsActivePort"
    async with asyncio.timeout(60):
        while not (told.exists() and told.read_text().strip()):
            await asyncio.sleep(0.05)
    port = told.read_text().split()[0]
    async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
        tabs = await answer.json()
    address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    async with session.ws_connect(address, max_msg_size=0) as socket:
        yield socket
