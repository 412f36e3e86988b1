"""What each command runs: the database is opened, Brenda is put together, and her channel starts and stops cleanly."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog
from procrastinate import App
from rich.console import Console

from agent.assembly import assemble
from agent.checkpoints import PooledSaver
from agent.turn import Brenda
from channels.console.chat import Chat, new_name
from channels.console.keyboard import Keyboard
from channels.console.screen import Screen
from channels.jobs.desk import Desk, Typing
from channels.jobs.services import register_services, service_desk
from channels.jobs.tasks import register
from channels.jobs.worker import run_worker
from channels.serving import Doorway, serve_figures, serve_pages, site_of
from channels.smoke_gate import SmokeGate
from channels.web.address import Claim, claim
from core.background import beside
from core.db.database import open_database
from core.domain.clock import system_clock
from core.garbage import seldom_collected
from core.integrations.prometheus import PrometheusMeter
from core.integrations.queue import Queue, queue_app
from core.logs import set_up_logs
from core.prompts.fault import Fault
from core.prompts.prompt_library import PromptLibrary
from core.secret import signing_key
from core.settings import Settings, refuse_unchosen_sandbox

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """Brenda with her database, queue and events. `wake` is set when something was put into the outbox; `claim` is
    where her pages are served, if they are served here.
    """

    settings: Settings
    brenda: Brenda
    app: App
    queue: Queue
    stop: asyncio.Event
    wake: asyncio.Event
    claim: Claim | None = None
    meter: PrometheusMeter = field(default_factory=PrometheusMeter)
    doorway: Doorway = field(default_factory=Doorway)

    @property
    def address(self) -> str:
        """Where the links lead."""
        return self.brenda.links.base

    async def serve(self, ready: asyncio.Event) -> None:
        """Serve the pages from `ready` to `stop`, if they are served here."""
        if self.claim:
            site = site_of(self.brenda, self.queue, self.doorway, self.meter, self.wake.set)
            await serve_pages(self.claim, site, ready, self.stop)

    def desk(self, typing: Typing, quiet: float) -> Desk:
        """The jobs' desk: `typing` shows that an answer is being written, `quiet` is the pause that ends a burst."""
        return Desk(
            brenda=self.brenda,
            queue=self.queue,
            saver=PooledSaver(self.brenda.pool),
            typing=typing,
            spoken=self.wake.set,
            quiet=timedelta(seconds=quiet),
        )

    async def work(self, desk: Desk) -> None:
        """Take jobs until `stop`."""
        async with service_desk(
            self.settings, self.brenda.pool, lambda: self.brenda.prompts.current, self.brenda.links, self.brenda.clock
        ) as services:
            register(self.app, lambda: desk)
            register_services(self.app, lambda: services)
            await self._take_jobs()

    async def _take_jobs(self) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        taking = run_worker(self.app, self.settings.worker_concurrency, name, self.settings.can_listen)
        async with beside(taking) as worker, beside(self.stop.wait()) as stopping:
            await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)


@asynccontextmanager
async def running(settings: Settings, web: bool = False) -> AsyncIterator[Running]:
    """Everything opened in order, and closed in the reverse order whatever happens. `web`: pages are served here."""
    set_up_logs(settings.log_level)
    refuse_unchosen_sandbox(settings)
    if settings.database_url and settings.payment_provider == "sandbox":
        log.warning("sandbox_with_real_people", effect="nobody is charged, and whoever presses becomes a customer")
    async with AsyncExitStack() as stack:
        place = claim(settings) if web else None
        if place:
            stack.callback(place.listening.close)
            settings = place.settings
        gate = SmokeGate(settings.data_dir) if settings.prompts_gate else None
        prompts = PromptLibrary(settings.prompts_dir, warn_of_faults, gate)
        pool = await stack.enter_async_context(open_database(settings))
        app = await stack.enter_async_context(queue_app(pool))
        queue, stop, meter = Queue(app), asyncio.Event(), PrometheusMeter()
        brenda = assemble(settings, pool, prompts, queue, meter=meter)
        stack.push_async_callback(brenda.models.aclose)
        await stack.enter_async_context(beside(prompts.watch(stop)))
        stack.callback(stop.set)
        stack.enter_context(seldom_collected())
        doorway = Doorway(settings.telegram_username or "")
        yield Running(settings, brenda, app, queue, stop, asyncio.Event(), place, meter, doorway)


def warn_of_faults(faults: list[Fault]) -> None:
    """Tell the admin what is wrong with an edit; the last good prompts stay in force."""
    for fault in faults:
        log.error("prompt_edit_refused", fault=str(fault))


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


async def console(settings: Settings, lead: str, start: str, as_json: bool) -> None:
    """The chat on standard input and output, with a worker beside it for what comes by itself.

    A configured database has workers of its own, whose prospects are not to be answered from somebody's desk.
    """
    _end_on_sigterm()
    keyboard = Keyboard.standard()
    async with running(settings, _has_pages(settings, keyboard.is_terminal and not as_json)) as parts:
        pages = parts.address if parts.claim else None
        chat = Chat(parts.brenda, _screen(parts, keyboard), keyboard, lead or new_name(), as_json, pages)
        alone = settings.database_url is None and not as_json
        desk = parts.desk(lambda _: nullcontext(), settings.burst_seconds)
        others = [parts.serve(chat.greeted), *([parts.work(desk)] if alone else [])]
        tasks = [asyncio.create_task(work) for work in others]
        try:
            await chat.run(start)
        finally:
            parts.stop.set()
            await asyncio.gather(*tasks)


def _has_pages(settings: Settings, at_a_terminal: bool) -> bool:
    """Whether a console serves pages: where a person sits before an embedded database, and where WEB says so."""
    return settings.web and ("web" in settings.model_fields_set or (at_a_terminal and settings.database_url is None))


def _screen(parts: Running, keyboard: Keyboard) -> Screen:
    you = parts.brenda.prompts.current.render("messages/console/you")
    saved = parts.settings.data_dir / "console"
    return Screen(Console(highlight=False), parts.settings.media_dir, saved, you, keyboard.is_terminal)


def _end_on_sigterm() -> None:
    """SIGTERM ends the console as Ctrl-C does: what is open is closed."""
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def telegram(settings: Settings, worker: bool) -> None:
    """Telegram's way in and out, and unless told otherwise the worker."""
    from channels.telegram.app import Telegram, run_telegram, telegram_bot
    from channels.telegram.typing import telegram_typing

    async with telegram_bot(settings) as bot, running(settings, settings.web) as parts:
        _stop_on_signals(parts.stop)
        channel = Telegram(
            settings=parts.settings,
            pool=parts.brenda.pool,
            prompts=lambda: parts.brenda.prompts.current,
            key=signing_key(settings).encode(),
            clock=system_clock,
            stop=parts.stop,
            wake=parts.wake,
            mount=parts.doorway.mount if parts.claim else None,
            named=parts.doorway.named,
            queue=parts.queue,
        )
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(_tell(channel.ready, parts))
            tasks.create_task(parts.serve(_already()))
            if worker:
                tasks.create_task(parts.work(parts.desk(partial(telegram_typing, bot), settings.burst_seconds)))
            try:
                await run_telegram(channel, bot)
            finally:
                telling.cancel()
                parts.stop.set()


async def _tell(ready: asyncio.Event, parts: Running) -> None:
    await ready.wait()
    pages = f" Her pages are at {parts.address}." if parts.claim else ""
    print(f"Brenda is listening in Telegram.{pages} Ctrl-C ends it.", flush=True)  # noqa: T201


def _already() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def web(settings: Settings) -> None:
    """The pages and webhooks alone; a worker elsewhere does what they ask for."""
    async with running(settings, web=True) as parts:
        _stop_on_signals(parts.stop)
        print(f"Her pages are at {parts.address}. Ctrl-C ends it.", flush=True)  # noqa: T201
        await parts.serve(_already())


async def work(settings: Settings, metrics_port: int | None = None) -> None:
    """A worker alone; it shows "typing" in Telegram when a token is set. `metrics_port`: its figures, on loopback."""
    async with AsyncExitStack() as stack:
        typing = await _typing(settings, stack)
        parts = await stack.enter_async_context(running(settings))
        _stop_on_signals(parts.stop)
        figures = ""
        if metrics_port is not None:
            site = site_of(parts.brenda, parts.queue, parts.doorway, parts.meter, parts.wake.set)
            port = await stack.enter_async_context(serve_figures(site, metrics_port))
            figures = f" Its figures are at http://127.0.0.1:{port}/metrics."
        print(f"Working.{figures} Ctrl-C ends it.", flush=True)  # noqa: T201
        await parts.work(parts.desk(typing, settings.burst_seconds))


async def _typing(settings: Settings, stack: AsyncExitStack) -> Typing:
    if not settings.telegram_bot_token:
        return lambda _: nullcontext()
    from channels.telegram.app import telegram_bot
    from channels.telegram.typing import telegram_typing

    bot = await stack.enter_async_context(telegram_bot(settings))

    def shown(chat: str) -> AbstractAsyncContextManager[None]:
        return telegram_typing(bot, chat)

    return shown


async def migrate(settings: Settings) -> None:
    """Migrate and say what was done."""
    async with open_database(settings):
        where = "the configured database" if settings.database_url else f"the embedded database in {settings.data_dir}"
        print(f"Up to date: {where}.")  # noqa: T201
