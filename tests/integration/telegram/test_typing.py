"""The typing action."""

from aiogram import Bot

from channels.telegram.typing import telegram_typing
from tests.fakes.telegram_records import Fault
from tests.fakes.telegram_server import FakeTelegram


async def test_it_is_kept_alive_and_ends_with_the_block(fake: FakeTelegram, bot: Bot) -> None:
    async with telegram_typing(bot, "7", every_seconds=0.01):
        await fake.wait_for(lambda: len(fake.called("sendChatAction")) >= 3)
    await bot.get_me()  # whatever was on its way has arrived before this is answered
    seen = len(fake.called("sendChatAction"))
    for _ in range(5):
        await bot.get_me()
    assert len(fake.called("sendChatAction")) == seen
    assert fake.called("sendChatAction")[0] == {"chat_id": "7", "action": "typing"}


async def test_trouble_with_it_stays_inside(fake: FakeTelegram, bot: Bot) -> None:
    fake.blocked.add(7)
    fake.fail("sendChatAction", Fault(drop=True), Fault(status=500))
    async with telegram_typing(bot, "7", every_seconds=0.01):
        await fake.wait_for(lambda: len(fake.called("sendChatAction")) >= 4)
