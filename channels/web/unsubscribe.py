"""`/correo/{token}`: no more e-mails of the kind that the link stood in.

A GET only asks, because mail programs and their virus scanners open links by themselves; a POST does it, also the one
that a mail program's own button sends (RFC 8058, which brings `List-Unsubscribe=One-Click`). It works for years, needs
nobody to be logged in, and says the same whether the person is still known here or was erased.
"""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from channels.web.pages import HTML_ERRORS, page
from channels.web.site import Site
from core.db import suppressions
from core.integrations.links import LinkPurpose

LIVES = timedelta(days=3650)
_RESPONSES: dict[int | str, dict[str, Any]] = {**HTML_ERRORS}


def router(site: Site) -> APIRouter:
    """The page's two methods."""
    routes = APIRouter()

    @routes.get("/correo/{token}", response_class=HTMLResponse, responses=_RESPONSES)
    async def ask(token: str) -> HTMLResponse:
        site.links.verify(LinkPurpose.EMAIL, token, int(LIVES.total_seconds()))
        return page(site, "unsubscribe", done=False)

    @routes.post("/correo/{token}", response_class=HTMLResponse, responses=_RESPONSES)
    async def end(token: str) -> HTMLResponse:
        link, _ = site.links.verify(LinkPurpose.EMAIL, token, int(LIVES.total_seconds()))
        async with site.pool.connection() as conn:
            await suppressions.unsubscribe(conn, link, site.clock())
        return page(site, "unsubscribe", done=True)

    return routes
