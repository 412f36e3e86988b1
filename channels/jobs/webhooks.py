"""The job that works off webhook events, and the explicit list of who understands which provider's."""

from collections.abc import Callable, Mapping

from procrastinate import App, RetryStrategy

from channels.jobs.bookings import booking_desk
from channels.jobs.checkouts import purchases
from channels.jobs.desk import Desk
from core.integrations.queue import Job
from core.world.calendly_events import CalendlyEvents
from core.world.sendgrid_events import SendGridEvents
from core.world.stripe_events import StripeEvents
from core.world.webhook_events import Handler, WebhookDesk

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


def handlers(desk: Desk) -> Mapping[str, Handler]:
    """One handler a provider, by the provider's name in the webhook's address."""
    return {
        "calendly": CalendlyEvents(lambda: booking_desk(desk), desk.brenda.clock),
        "sendgrid": SendGridEvents(desk.brenda.clock),
        "stripe": StripeEvents(purchases(desk), desk.brenda.clock),
    }


def webhook_desk(desk: Desk) -> WebhookDesk:
    """The webhooks' desk beside the turns' desk."""
    return WebhookDesk(desk.brenda.pool, handlers(desk), desk.brenda.clock, desk.spoken)


def register_webhooks(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its task."""

    @app.task(name=Job.WEBHOOK.value, retry=_RETRY)
    async def webhook(event: int) -> None:
        await webhook_desk(desk()).process(event)
