"""The web app: an explicit list of routers, guarded on every path by the same headers, limits and kind pages."""

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from channels.web import checkout, demo, downloads, favicon, health, privacy, telegram, unsubscribe, webhooks
from channels.web.guard import Guard, template_of
from channels.web.kind_page import Why, kind_page, link_page
from channels.web.site import Site
from core.errors import DatabaseUnavailableError, LinkError

log = structlog.get_logger(__name__)

ROUTERS = (
    privacy.router,
    downloads.router,
    demo.router,
    checkout.router,
    unsubscribe.router,
    webhooks.router,
    telegram.router,
    health.router,
    favicon.router,
)
"""Every page and endpoint there is: a module each, a function of the site."""

MACHINES = ("/webhooks/", "/telegram/", "/healthz", "/readyz", "/metrics")
"""Paths that no person reads; an error there is a line of plain text."""


def web_app(site: Site) -> FastAPI:
    """The application on this site's parts."""
    app = FastAPI(title="Brenda", version="1", docs_url=None, redoc_url=None)
    for router in ROUTERS:
        app.include_router(router(site))
    _answer_errors(app, site)
    app.add_middleware(Guard, fault=lambda request: _answer(site, request, Why.FAULT), observe=site.meter.request)
    return app


def figures_app(site: Site) -> FastAPI:
    """Only what an operator asks for, for a process that serves no pages."""
    app = FastAPI(title="Brenda", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health.router(site))
    return app


def _answer_errors(app: FastAPI, site: Site) -> None:
    @app.exception_handler(LinkError)
    async def link(_: Request, error: LinkError) -> Response:
        return link_page(site, error)

    @app.exception_handler(DatabaseUnavailableError)
    @app.exception_handler(psycopg.OperationalError)
    async def busy(request: Request, error: Exception) -> Response:
        log.warning("http_without_database", path=template_of(request.scope), error=type(error).__name__)
        return _answer(site, request, Why.BUSY)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, _: RequestValidationError) -> Response:
        return _answer(site, request, Why.INPUT)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        answer = _answer(site, request, _REASONS.get(error.status_code, Why.INPUT), error.status_code)
        answer.headers.update(error.headers or {})
        return answer


_REASONS = {404: Why.LOST, 410: Why.EXPIRED, 500: Why.FAULT, 503: Why.BUSY}


def _answer(site: Site, request: Request, why: Why, status: int | None = None) -> Response:
    if request.url.path.startswith(MACHINES):
        return PlainTextResponse(why.value, status or why.status)
    return kind_page(site, why, status)
