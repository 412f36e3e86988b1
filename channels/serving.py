"""The web app beside the chat: on the same loop and database, started when there is time for it, stopped with the rest.

What the web app and Telegram's channel know of each other goes through a `Doorway`, so that neither imports the other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from agent.turn import Brenda
from channels.web.address import Claim, listen_here
from channels.web.site import Post, Site
from core.integrations.prometheus import PrometheusMeter
from core.integrations.queue import Queue

log = structlog.get_logger(__name__)

Build = Callable[[Site], Any]
"""Makes the application. Its type belongs to a package that is imported late."""


@dataclass(slots=True)
class Doorway:
    """What is only known while Telegram's channel runs: who takes its updates, and what the bot is called."""

    username: str = ""
    post: Post | None = None

    def named(self, username: str) -> None:
        """The bot's username became known."""
        self.username = username

    def mount(self, post: Post | None) -> None:
        """Updates that come by webhook go here from now on; None: nowhere."""
        self.post = post

    def chat_url(self) -> str | None:
        """The way back to the chat."""
        return f"https://t.me/{self.username}" if self.username else None


def site_of(brenda: Brenda, queue: Queue, doorway: Doorway, meter: PrometheusMeter, spoken: Callable[[], None]) -> Site:
    """What the web app stands on, taken from a Brenda."""
    return Site(
        settings=brenda.settings,
        pool=brenda.pool,
        prompts=lambda: brenda.prompts.current,
        links=brenda.links,
        queue=queue,
        clock=brenda.clock,
        spoken=spoken,
        chat_url=doorway.chat_url,
        telegram=lambda: doorway.post,
        circuits=lambda: brenda.models.circuits,
        meter=meter,
    )


async def serve_pages(claim: Claim, site: Site, ready: asyncio.Event, stop: asyncio.Event) -> None:
    """Serve from `ready` to `stop`. Who comes earlier waits a moment: the socket listens already."""
    await _first(ready, stop)
    if stop.is_set():
        return
    try:
        build = await asyncio.to_thread(_load)
        from channels.web.server import serving

        async with serving(build(site), claim.listening):
            await stop.wait()
    except Exception:
        claim.listening.close()  # a refusal is told to who comes; a socket that nobody serves lets them wait
        log.exception("pages_not_served")
        raise


@asynccontextmanager
async def serve_figures(site: Site, port: int) -> AsyncIterator[int]:
    """Serve only what an operator asks for, to this machine alone; gives the port, which may be asked for as 0.

    Raises:
        PortTakenError: the port cannot be used.
    """
    from channels.web.app import figures_app
    from channels.web.server import serving

    with listen_here(port) as listening:
        async with serving(figures_app(site), listening) as bound:
            yield bound


def _load() -> Build:
    """Importing the framework takes half a second, in which the chat goes on."""
    import channels.web.server  # noqa: F401
    from channels.web.app import web_app

    return web_app


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
