"""Answering pressed buttons, so that their little clock stops turning: beside the way of the update, best effort."""

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest

log = structlog.get_logger(__name__)


class CallbackAnswers:
    """Answers in the background; `close` waits for those under way."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._under_way: set[asyncio.Task[None]] = set()

    def answer(self, callback_id: str) -> None:
        """Begin to answer; returns at once."""
        task = asyncio.create_task(self._answer(callback_id))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._under_way)

    async def _answer(self, callback_id: str) -> None:
        try:
            await self._bot.answer_callback_query(callback_id, request_timeout=10)
        except TelegramBadRequest:
            log.debug("callback_too_old_to_answer")
        except AiogramError as error:
            log.info("callback_not_answered", error=type(error).__name__)
