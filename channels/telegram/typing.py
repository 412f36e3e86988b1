"""The typing action, kept alive: Telegram shows it for five seconds, a turn may take longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import AiogramError

EVERY_SECONDS = 4.0


@asynccontextmanager
async def telegram_typing(bot: Bot, chat: str, every_seconds: float = EVERY_SECONDS) -> AsyncIterator[None]:
    """Show that Brenda types for as long as the block lasts. Whatever goes wrong with that stays here."""
    task = asyncio.create_task(_keep_typing(bot, chat, every_seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_typing(bot: Bot, chat: str, every_seconds: float) -> None:
    while True:
        with suppress(AiogramError):
            await bot.send_chat_action(chat, ChatAction.TYPING, request_timeout=5)
        await asyncio.sleep(every_seconds)
