"""The job that ends a try to pay, and what purchases need of the turns' desk."""

from collections.abc import Callable
from functools import partial

from procrastinate import App, RetryStrategy

from channels.jobs.desk import Desk
from core.integrations.cashiers import cashier
from core.integrations.queue import Job
from core.world.checkout_ends import CheckoutEnds
from core.world.purchases import Purchases

_RETRY = RetryStrategy(max_attempts=12, exponential_wait=3)


def purchases(desk: Desk) -> Purchases:
    """Purchases on the desk's parts."""
    return Purchases(desk.queue, lambda: desk.brenda.prompts.current)


def register_checkouts(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its task."""

    @app.task(name=Job.CHECKOUT.value, retry=_RETRY)
    async def end(checkout: int) -> None:
        at = desk()
        cashiers = partial(cashier, at.brenda.settings)
        await CheckoutEnds(at.brenda.pool, purchases(at), cashiers, at.brenda.clock).end(checkout)
        at.spoken()
