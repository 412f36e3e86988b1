"""The webhook: Telegram posts each update here, and gets its 200 only when the update is stored.

Anything else than 200 makes Telegram send the update again, so an outage of the database loses nothing. Whoever does
not know the secret learns nothing, not even whether the body was readable.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.types import Update
from aiohttp import web
from pydantic import ValidationError

from channels.telegram.characters import clean_tree
from channels.telegram.inputs import ALLOWED_UPDATES
from core.errors import DatabaseUnavailableError

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)
BODY_LIMIT = 1_000_000
MAX_CONNECTIONS = 16


def webhook_app(receive: Callable[[Update], Awaitable[None]], secret: str, path: str, bot: Bot) -> web.Application:
    """The application: one path, POST only. 401 wrong secret, 400 not an update, 413 too large, 500 not stored."""

    async def post(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            return web.Response(status=401, text="The secret token is missing or wrong.")
        return await _take(await request.read(), receive, bot)

    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_post(path, post)
    return app


async def _take(body: bytes, receive: Callable[[Update], Awaitable[None]], bot: Bot) -> web.Response:
    content = _parsed(body)
    if content is None:
        return web.Response(status=400, text="The body should be a JSON object with an integer update_id.")
    number = content["update_id"]
    try:
        update = Update.model_validate(content, context={"bot": bot})
    except ValidationError as error:
        # Telegram would send it again for a day, and it would never become readable.
        places = [".".join(map(str, fault["loc"])) for fault in error.errors()[:3]]
        log.error("update_unreadable", update_id=number, at=places)
        return web.Response()
    try:
        await receive(update)
    except DatabaseUnavailableError:
        log.warning("update_waits_for_database", update_id=number)
        return web.Response(status=500)
    except Exception:
        log.exception("update_not_stored", update_id=number)
        return web.Response(status=500)
    return web.Response()


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        content = clean_tree(json.loads(body))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or type(content.get("update_id")) is not int:
        return None
    return content


async def serve(app: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Start listening; the runner to clean up, and the port that it got. OSError when the port is taken."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    return runner, int(runner.addresses[0][1])


async def register(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where to post."""
    await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=MAX_CONNECTIONS)


def path_of(url: str) -> str:
    """The path under which the webhook's address is served here."""
    return urlsplit(url).path or "/"
