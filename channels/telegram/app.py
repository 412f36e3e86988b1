"""Telegram, put together: the token is checked, the profile set, updates flow in and the outbox out until `stop`."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNotFound, TelegramUnauthorizedError

from channels.telegram import CHANNEL, webhook
from channels.telegram.advisor_desk import AdvisorDesk
from channels.telegram.backoff import Backoff
from channels.telegram.callback_answers import CallbackAnswers
from channels.telegram.callbacks import ButtonSigner
from channels.telegram.characters import clean_tree
from channels.telegram.deliverer import Deliverer
from channels.telegram.delivery import Delivery
from channels.telegram.failures import token_error
from channels.telegram.files import FileShelf
from channels.telegram.inputs import Identity
from channels.telegram.pace import Pace
from channels.telegram.poller_lease import PollerLease
from channels.telegram.polling import Poller
from channels.telegram.profile import read_desk_commands, read_profile, set_desk_commands, set_profile
from channels.telegram.receiver import Receiver
from channels.telegram.sending import Sender
from channels.telegram.stars import StarsCounter
from core.db import advisors, outbox
from core.db.pool import Pool
from core.domain.clock import Clock
from core.errors import ChannelError, PromptError, SettingsError
from core.integrations.queue import Queue
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from core.world.purchases import Purchases
from core.world.stars import Stars

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Telegram:
    """What the channel needs. `key` signs buttons and should stay the same through restarts.

    `wake` is set when rows were put into the outbox by this process; `ready` is set when updates flow. `mount` tells
    the web app who takes the updates that come by webhook, and None when nobody does any more; `named` is told the
    bot's username. `queue` is what purchases in Stars are told by; without it they are not taken.
    """

    settings: Settings
    pool: Pool
    prompts: Callable[[], PromptSet]
    clock: Clock
    stop: asyncio.Event
    wake: asyncio.Event
    key: bytes = field(repr=False)
    pace: Pace = field(default_factory=Pace)
    poll_seconds: int = 25
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    mount: Callable[[webhook.Post | None], None] | None = None
    queue: Queue | None = None
    named: Callable[[str], None] | None = None


@asynccontextmanager
async def telegram_bot(settings: Settings) -> AsyncIterator[Bot]:
    """The Bot API's client, for the channel and for the worker's typing action.

    Raises:
        SettingsError: no token is set.
    """
    if settings.telegram_bot_token is None:
        raise SettingsError("TELEGRAM_BOT_TOKEN: is needed for Telegram; @BotFather gives one (/newbot).")
    server = TelegramAPIServer.from_base(str(settings.telegram_api_url))
    session = AiohttpSession(api=server, json_loads=lambda text: clean_tree(json.loads(text)))
    bot = Bot(settings.telegram_bot_token.get_secret_value(), session=session)
    try:
        yield bot
    finally:
        await session.close()


async def run_telegram(telegram: Telegram, bot: Bot) -> None:
    """Receive and deliver until `stop`.

    Raises:
        SettingsError: Telegram does not know the token, or the webhook cannot be served as set.
        ChannelBusyError: another process polls with this token.
    """
    me = await _who(bot, telegram.stop)
    if me is None:
        return
    if telegram.named:
        telegram.named(me.username)
    signer = ButtonSigner(telegram.key)
    answers = CallbackAnswers(bot)
    receiver = _receiver(telegram, me, signer, answers, _stars(telegram, bot))
    await _open_desk(telegram, bot)
    await _show_profile(bot, telegram.prompts)
    intake = _webhook if telegram.settings.telegram_mode == "webhook" else _polling
    try:
        await intake(telegram, bot, me, receiver, _deliverer(telegram, bot, signer))
    finally:
        await answers.close()


async def _who(bot: Bot, stop: asyncio.Event) -> Identity | None:
    """The bot as Telegram knows it, however long Telegram is out of reach; None when `stop` came first."""
    backoff = Backoff()
    while not stop.is_set():
        try:
            me = await bot.get_me(request_timeout=15)
            return Identity(me.id, me.username or "")
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise token_error() from error
        except AiogramError as error:
            log.warning("telegram_unreachable", error=type(error).__name__, url=bot.session.api.base)
            await backoff.wait(stop)
    return None


def _stars(telegram: Telegram, bot: Bot) -> StarsCounter | None:
    """Who answers Telegram's questions about Stars; without a queue there is nobody to tell of a purchase."""
    if telegram.queue is None:
        return None
    samples = telegram.settings.tells_samples
    stars = Stars(Purchases(telegram.queue, telegram.prompts), samples)
    return StarsCounter(bot, telegram.pool, stars, telegram.prompts, telegram.clock)


def _receiver(
    telegram: Telegram, me: Identity, signer: ButtonSigner, answers: CallbackAnswers, stars: StarsCounter | None
) -> Receiver:
    settings = telegram.settings
    limit = timedelta(minutes=settings.handoff_minutes)
    desk = AdvisorDesk(telegram.prompts, limit, settings.advisor_chat, telegram.queue)
    return Receiver(
        pool=telegram.pool,
        me=me,
        signer=signer,
        desk=desk,
        clock=telegram.clock,
        answer_callback=answers.answer,
        stored=telegram.wake.set,
        stars=stars,
    )


def _deliverer(telegram: Telegram, bot: Bot, signer: ButtonSigner) -> Deliverer:
    shelf = FileShelf(telegram.pool, telegram.settings.media_dir)
    stop = asyncio.Event()  # its own, so that it also ends when the way in fails
    delivery = Delivery(telegram.pool, Sender(bot, shelf, signer), telegram.pace, telegram.clock, stop)
    return Deliverer(delivery, telegram.wake)


async def _show_profile(bot: Bot, prompts: Callable[[], PromptSet]) -> None:
    try:
        await set_profile(bot, read_profile(prompts()))
    except PromptError as error:
        log.error("profile_not_set", error=str(error))


async def _open_desk(telegram: Telegram, bot: Bot) -> None:
    """Let every process on this database know ADVISOR_CHAT, and show advisors their commands."""
    configured = telegram.settings.advisor_chat
    async with telegram.pool.connection() as conn:
        await advisors.set_desk_chat(conn, CHANNEL, configured, telegram.clock())
        chats = await advisors.reachable(conn, CHANNEL, configured)
    try:
        await set_desk_commands(bot, read_desk_commands(telegram.prompts()), chats)
    except PromptError as error:
        log.error("desk_commands_not_set", error=str(error))


async def _polling(telegram: Telegram, bot: Bot, me: Identity, receiver: Receiver, deliverer: Deliverer) -> None:
    lease = PollerLease(telegram.pool, me.id, telegram.clock)
    await lease.acquire()
    try:
        await _delete_webhook(bot)
        # Whoever holds the lease is the only one that delivers, so what is still "sending" was left by a crash.
        async with telegram.pool.connection() as conn:
            await outbox.reclaim(conn, CHANNEL, telegram.clock())
        poller = Poller(bot, receiver.receive, receiver.put_aside, telegram.poll_seconds)
        telegram.ready.set()
        await _together(telegram.stop, deliverer, poller.run(telegram.stop), lease.keep(telegram.stop))
    finally:
        await lease.release()


async def _delete_webhook(bot: Bot) -> None:
    """Telegram gives no updates to a poller while a webhook is set. If it is out of reach, polling will say so."""
    try:
        await bot.delete_webhook(drop_pending_updates=False)
    except AiogramError as error:
        log.warning("webhook_not_deleted", error=type(error).__name__)


async def _webhook(telegram: Telegram, bot: Bot, _me: Identity, receiver: Receiver, deliverer: Deliverer) -> None:
    url, secret = webhook.address(telegram.settings)
    if telegram.mount is None:
        raise SettingsError("WEB: should be true with TELEGRAM_MODE=webhook, because the web app takes the updates.")
    telegram.mount(webhook.receiving(receiver.receive, receiver.put_aside, url, secret, bot))
    try:
        await _register(bot, url, secret)
        telegram.ready.set()
        await _together(telegram.stop, deliverer, telegram.stop.wait())
    finally:
        telegram.mount(None)


async def _register(bot: Bot, url: str, secret: str) -> None:
    try:
        await webhook.register(bot, url, secret)
    except TelegramBadRequest as error:
        # The last part of the address is a secret.
        shown = f"{url.rpartition('/')[0]}/…"
        raise SettingsError(
            f"PUBLIC_URL, TELEGRAM_WEBHOOK_URL: Telegram does not accept {shown}: {error.message}."
        ) from error
    except AiogramError as error:
        raise ChannelError(f"The webhook could not be registered: {error}.") from error


async def _together(stop: asyncio.Event, deliverer: Deliverer, *ways_in: Awaitable[object]) -> None:
    """Run the ways in and the deliverer until `stop`, or until one of them fails; the deliverer ends last."""
    tasks = [asyncio.ensure_future(work) for work in (*ways_in, deliverer.run())]
    waiting = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        deliverer.delivery.stop.set()
        waiting.cancel()
        if not stop.is_set():
            for task in tasks[:-1]:
                task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result
