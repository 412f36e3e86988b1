"""The HTTP server: uvicorn on the loop that already runs; it takes over no signals and writes no log of requests."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 5
"""How long requests under way may take when the server stops."""


class _Server(uvicorn.Server):
    """Leaves the signals to the composition root, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, listening: socket.socket) -> AsyncIterator[int]:
    """Serve on a socket while the context is open, and give its port; what is under way at the end is finished."""
    port = int(listening.getsockname()[1])
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listening]))
    ready = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield port
    finally:
        ready.cancel()
        server.should_exit = True
        await running
