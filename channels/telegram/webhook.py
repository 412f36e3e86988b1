"""The webhook: Telegram posts each update, and gets its 200 only when the update is stored.

The address is served by the web app, which knows nothing of Telegram: it hands over both secrets and the body. Anything
else than 200 makes Telegram send the update again, so an outage of the database loses nothing. Whoever does not know
the secrets learns nothing, not even whether the body was readable.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

from channels.telegram.characters import clean_tree
from channels.telegram.inputs import ALLOWED_UPDATES
from channels.telegram.unreadable import UNREADABLE, unreadable
from core.errors import DatabaseUnavailableError, SettingsError
from core.settings import Settings

log = structlog.get_logger(__name__)

MAX_CONNECTIONS = 16

Post = Callable[[str, str, bytes], Awaitable[tuple[int, str]]]
"""Takes the path's secret, the header's secret and the body; gives an HTTP status and a line of text."""
Receive = Callable[[Update], Awaitable[None]]
PutAside = Callable[[int, str, str], Awaitable[None]]
"""Notes an update with which nothing can be done: its number, what it is called, and why."""


def address(settings: Settings) -> tuple[str, str]:
    """Where Telegram is told to post, and the secret that it sends along in a header.

    Without TELEGRAM_WEBHOOK_URL the address is PUBLIC_URL's, ending in a digest of the secret, so that it cannot be
    guessed either.

    Raises:
        SettingsError: there is no secret.
    """
    if settings.telegram_webhook_secret is None:
        raise SettingsError("TELEGRAM_WEBHOOK_SECRET: is needed with TELEGRAM_MODE=webhook.")
    secret = settings.telegram_webhook_secret.get_secret_value()
    if settings.telegram_webhook_url:
        return str(settings.telegram_webhook_url), secret
    ending = hashlib.sha256(f"telegram {secret}".encode()).hexdigest()[:32]
    return f"{str(settings.public_url).rstrip('/')}/telegram/{ending}", secret


def receiving(receive: Receive, put_aside: PutAside, url: str, secret: str, bot: Bot) -> Post:
    """What the web app calls. 404 wrong path, 401 wrong secret, 400 not an update, 500 not stored."""
    ending = url.rpartition("/")[2]

    async def post(path_secret: str, header_secret: str, body: bytes) -> tuple[int, str]:
        if not _same(path_secret, ending):
            return 404, "There is nothing here."
        if not _same(header_secret, secret):
            return 401, "The secret token is missing or wrong."
        return await _take(body, receive, put_aside, bot)

    return post


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


async def _take(body: bytes, receive: Receive, put_aside: PutAside, bot: Bot) -> tuple[int, str]:
    content = _parsed(body)
    if content is None:
        return 400, "The body should be a JSON object with an integer update_id."
    number = content["update_id"]
    try:
        update = Update.model_validate(content, context={"bot": bot})
    except ValidationError as error:
        # Telegram would send it again for a day, and it would never become readable.
        reason = unreadable(number, error)
        return await _stored(put_aside(number, UNREADABLE, reason), number)
    return await _stored(receive(update), number)


async def _stored(storing: Awaitable[None], number: int) -> tuple[int, str]:
    """200 once it is stored; anything else makes Telegram send it again."""
    try:
        await storing
    except DatabaseUnavailableError:
        log.warning("update_waits_for_database", update_id=number)
        return 500, ""
    except Exception:
        log.exception("update_not_stored", update_id=number)
        return 500, ""
    return 200, ""


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        content = clean_tree(json.loads(body))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or type(content.get("update_id")) is not int:
        return None
    return content


async def register(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where to post."""
    await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=MAX_CONNECTIONS)
