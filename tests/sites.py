"""The web app for tests: the real application served by the real server on loopback, on a database of a test's own."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, DummyCookieJar
from multidict import CIMultiDictProxy

from channels.web.address import listen
from channels.web.app import web_app
from channels.web.server import serving
from channels.web.site import Site
from core.db.pool import Pool
from core.integrations.links import LinkSigner
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from tests.brendas import MovedClock, queue_on
from tests.worlds import load_prompts, make_settings

CHAT_URL = "https://t.me/brenda_de_prueba_bot"


@dataclass(frozen=True)
class Reply:
    """An answer as a browser would read it."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """What a person reads on the page: without style, tags and repeated blanks."""
        body = re.sub(r"<style.*?</style>|<svg.*?</svg>|<title>.*?</title>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(body.split())


@dataclass
class Visitor:
    """A browser without memory, at the site's address; `site` is what the app stands on."""

    site: Site
    session: ClientSession
    base: str
    said: list[str] = field(default_factory=list)

    @property
    def clock(self) -> MovedClock:
        clock = self.site.clock
        assert isinstance(clock, MovedClock)
        return clock

    async def asks(self, method: str, path: str, **options: Any) -> Reply:
        """One request; redirects are not followed."""
        address = path if path.startswith("http") else self.base + path
        async with self.session.request(method, address, allow_redirects=False, **options) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def opens(self, path: str, **options: Any) -> Reply:
        return await self.asks("GET", path, **options)

    async def sends(self, path: str, **fields: str) -> Reply:
        """A form, posted."""
        return await self.asks("POST", path, data=fields)

    async def posts(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Raw bytes, posted."""
        return await self.asks("POST", path, data=body, headers=headers)

    async def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with self.site.pool.connection() as conn:
            cursor = await conn.execute(query.encode(), values or None)
            return await cursor.fetchall() if cursor.description else []


def make_site(pool: Pool, queue: Queue, prompts: PromptSet | None = None, **settings: Any) -> Site:
    """The parts of a web app with a clock that stands still until it is moved."""
    clock, given = MovedClock(), make_settings(secret_key="k" * 32, **settings)
    return Site(
        settings=given,
        pool=pool,
        prompts=lambda: prompts or load_prompts(),
        links=LinkSigner("k" * 32, str(given.public_url).rstrip("/"), clock),
        queue=queue,
        clock=clock,
        spoken=lambda: None,
        chat_url=lambda: CHAT_URL,
    )


@asynccontextmanager
async def visiting(site: Site) -> AsyncIterator[Visitor]:
    """The site, served on a free port of loopback, and somebody who visits it."""
    async with (
        serving(web_app(site), listen("127.0.0.1", 0)) as port,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        yield Visitor(site, session, f"http://127.0.0.1:{port}")


@asynccontextmanager
async def visitor_on(pool: Pool, **settings: Any) -> AsyncIterator[Visitor]:
    """A visitor of a site on this database."""
    async with queue_on(pool) as queue, visiting(make_site(pool, queue, **settings)) as visitor:
        yield visitor
