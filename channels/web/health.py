"""What an operator asks: is it alive, is it ready, and what are its figures. Nothing here asks a model anything.

Ready means that people can be served: the database answers, its schema is this code's, and a worker takes turns. How
the models are is read from the answers that they really gave; when they fail, Brenda still answers (with the embedded
model), so it is told under "degraded" and does not take her out of service.
"""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from psycopg_pool import PoolTimeout

from channels.web.site import Site
from core.db import backlog
from core.db.backlog import Backlog, Pulse
from core.db.migrator import migration_state
from core.db.pool import Connection
from core.errors import MigrationError
from core.integrations.prometheus import CONTENT_TYPE

FRESH = timedelta(seconds=20)
"""A worker that lives says so every two seconds."""
PATIENCE_SECONDS = 3.0
FEWEST = 3
"""So few answers tell nothing about a model."""
_GONE = (TimeoutError, PoolTimeout, psycopg.Error)


def router(site: Site) -> APIRouter:
    """The three addresses; a proxy should keep the last two from the public."""
    routes = APIRouter()

    @routes.get("/healthz", response_class=PlainTextResponse)
    async def alive() -> str:
        return "alive"

    @routes.get("/readyz", responses={503: {"content": {"application/json": {}}}})
    async def ready() -> JSONResponse:
        missing, degraded = await _checked(site)
        content: dict[str, Any] = {"ready": not missing, "missing": missing, "degraded": degraded}
        return JSONResponse(content, 503 if missing else 200)

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        return Response(site.meter.text(await _backlog(site)), media_type=CONTENT_TYPE)

    return routes


async def _backlog(site: Site) -> Backlog | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), site.pool.connection() as conn:
            return await backlog.read(conn, site.clock())
    except _GONE:
        return None


async def _checked(site: Site) -> tuple[dict[str, str], dict[str, str]]:
    """What is missing, and what is worse than it should be, each with its reason."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), site.pool.connection() as conn:
            schema = await _schema(conn)
            if schema:
                return {"migrations": schema}, {}
            pulse = await backlog.pulse(conn, site.clock())
    except _GONE:
        return {"database": f"gives no answer within {PATIENCE_SECONDS:.0f} s"}, {}
    return _worker(site, pulse), _models(site, pulse)


async def _schema(conn: Connection) -> str:
    try:
        waiting = [migration.version for migration in (await migration_state(conn)).unapplied]
    except MigrationError:
        return "the database was migrated by other, newer code"
    return f"not applied: {', '.join(waiting)}" if waiting else ""


def _worker(site: Site, pulse: Pulse) -> dict[str, str]:
    if pulse.worker_at is None:
        return {"worker": "no worker runs"}
    silence = site.clock() - pulse.worker_at
    return {"worker": f"silent for {silence.total_seconds():.0f} s"} if silence > FRESH else {}


def _models(site: Site, pulse: Pulse) -> dict[str, str]:
    """The circuits of this process, and the newest answers of all processes."""
    degraded = {name: f"circuit {state}" for name, state in site.circuits().items() if state != "closed"}
    wanted = site.settings.openai_model if site.settings.has_model else site.settings.second_model
    answers = pulse.models
    if wanted and wanted not in degraded and len(answers) >= FEWEST and wanted not in answers:
        degraded[wanted] = f"gave none of the last {len(answers)} answers"
    return degraded
