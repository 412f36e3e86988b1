"""Doors: a handler of all requests as a real server on loopback, before a peer that needs one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

MOST_BYTES = 1024**2

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def open_door(handler: Handler, most_bytes: int = MOST_BYTES) -> AsyncIterator[str]:
    """The door's address. `most_bytes`: of one request."""
    app = web.Application(client_max_size=most_bytes)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
