"""Telegram, put together: what is noticed before anything is sent."""

import pytest

from channels.telegram.app import telegram_bot
from core.errors import SettingsError
from core.settings import Settings


async def test_without_a_token_it_says_where_to_get_one() -> None:
    settings = Settings.model_construct(telegram_bot_token=None)
    with pytest.raises(SettingsError, match=r"TELEGRAM_BOT_TOKEN.*@BotFather"):
        async with telegram_bot(settings):
            pytest.fail("it started")
