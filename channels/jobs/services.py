"""The jobs that work off the outbox's rows for services, and plan the e-mails that go out by themselves.

A row that is due at once has a job of its own; one `lock` a service lets one job at a time work off all there is, in
whichever worker. What waits for a later moment, or for a service that was down, is found by the sweep.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

import structlog
from procrastinate import App, RetryStrategy

from core.db import enrolments
from core.db.pool import Pool
from core.domain.clock import Clock
from core.integrations.hubspot_record import read_stages
from core.integrations.links import LinkSigner
from core.integrations.queue import Job
from core.integrations.sendgrid import SendGrid
from core.integrations.stars_cashier import StarsCashier
from core.prompts.mail_sequences import SEQUENCES, read_plan
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from core.world.crm import Crm, CrmDesk
from core.world.dispatcher import Dispatcher, Lane
from core.world.letters import LetterDesk
from core.world.mail_writing import SenderWords
from core.world.stars_refunds import StarsRefundDesk

log = structlog.get_logger(__name__)

SWEEP_CRON = "* * * * * */5"
"""Every five seconds."""
PLAN_CRON = "* * * * *"
"""Every minute."""

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """What the jobs need."""

    pool: Pool
    prompts: Callable[[], PromptSet]
    clock: Clock
    dispatcher: Dispatcher

    async def plan(self) -> None:
        """Write the e-mails that have fallen due by themselves."""
        rules = read_plan(self.prompts().text(SEQUENCES))
        async with self.pool.connection() as conn:
            planned = await enrolments.plan(conn, rules, self.clock())
        if planned.entered or planned.written:
            log.info("emails_planned", entered=planned.entered, written=planned.written)


@asynccontextmanager
async def service_desk(
    settings: Settings, pool: Pool, prompts: Callable[[], PromptSet], links: LinkSigner, clock: Clock
) -> AsyncIterator[ServiceDesk]:
    """A desk with the services that are configured; what the others would get is recorded."""
    async with AsyncExitStack() as stack:
        mailer = _sendgrid(settings)
        if mailer is not None:
            stack.push_async_callback(mailer.aclose)
        letters = LetterDesk(pool, mailer, prompts, links, _sender(settings, links), clock)
        crm = CrmDesk(pool, hubspot(settings), read_stages(), clock)
        refunds = StarsRefundDesk(pool, _stars(settings), prompts, clock)
        lanes = (Lane.of(letters, clock), Lane.of(crm, clock), Lane.of(refunds, clock))
        yield ServiceDesk(pool, prompts, clock, Dispatcher(pool, clock, lanes))


def hubspot(settings: Settings) -> Crm | None:
    """The configured account, or None. Its client is large, and only imported for who has one."""
    if settings.hubspot_token is None:
        return None
    from core.integrations.hubspot import HubSpot

    return HubSpot(settings.hubspot_token.get_secret_value(), str(settings.hubspot_api_url))


def _sendgrid(settings: Settings) -> SendGrid | None:
    if settings.sendgrid_api_key is None:
        return None
    return SendGrid(
        settings.sendgrid_api_key.get_secret_value(),
        str(settings.sendgrid_api_url),
        sender=settings.email_from,
        company=settings.company,
        reply_to=settings.contact,
    )


def _stars(settings: Settings) -> StarsCashier | None:
    """The bot that took the Stars, whatever is used to take payments now; giving back needs no rate."""
    if settings.telegram_bot_token is None:
        return None
    token, rate = settings.telegram_bot_token.get_secret_value(), settings.stars_per_unit or Decimal(1)
    return StarsCashier(token, str(settings.telegram_api_url), rate)


def _sender(settings: Settings, links: LinkSigner) -> SenderWords:
    return SenderWords(
        company=settings.company,
        contact=settings.contact,
        address=settings.company_address,
        privacy_url=f"{links.base}/privacidad",
        chat_url=f"https://t.me/{settings.telegram_username}" if settings.telegram_username else "",
    )


def register_services(app: App, desk: Callable[[], ServiceDesk]) -> None:
    """Give the app its tasks. `desk` is asked when a job runs."""

    @app.task(name=Job.DISPATCH.value, retry=_RETRY)
    async def dispatch(channel: str) -> None:
        await desk().dispatcher.work_off(channel)

    @app.periodic(cron=SWEEP_CRON)
    @app.task(name=Job.SERVICES.value, queueing_lock=Job.SERVICES.value, pass_context=False)
    async def services(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await desk().dispatcher.work_off()

    @app.periodic(cron=PLAN_CRON)
    @app.task(name=Job.MAIL_PLAN.value, queueing_lock=Job.MAIL_PLAN.value, pass_context=False)
    async def mail_plan(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await desk().plan()
