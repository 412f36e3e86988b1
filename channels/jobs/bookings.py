"""The job that asks how a demonstration went, and what bookings need of the turns' desk."""

from collections.abc import Callable
from uuid import UUID

from procrastinate import App, RetryStrategy

from channels.jobs.desk import Desk
from core.integrations.queue import Job
from core.world.bookings import BookingDesk, ask_whether_held

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


def booking_desk(desk: Desk) -> BookingDesk:
    """Bookings on the desk's parts."""
    return BookingDesk(desk.queue, desk.brenda.prompts.current, desk.brenda.settings.tells_samples)


def register_bookings(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its task."""

    @app.task(name=Job.BOOKING_OVER.value, retry=_RETRY)
    async def over(booking: str) -> None:
        at = desk()
        async with at.brenda.pool.connection() as conn, conn.transaction():
            await ask_whether_held(booking_desk(at), conn, UUID(booking), at.brenda.clock())
        at.spoken()
