"""The tasks of the queue: which job runs what, how often, and how it is tried again."""

from collections.abc import Callable

from procrastinate import App, RetryStrategy

from channels.jobs.bookings import register_bookings
from channels.jobs.broom import Broom
from channels.jobs.checkouts import register_checkouts
from channels.jobs.desk import Desk
from channels.jobs.desk_rounds import register_desk_rounds
from channels.jobs.follow_ups import register_follow_ups
from channels.jobs.webhooks import register_webhooks
from core.integrations.queue import Job

SWEEP_CRON = "* * * * * */3"
"""Every three seconds."""
TIDY_CRON = "* * * * *"
"""Every minute."""

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


def register(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its tasks. `desk` is asked when a job runs, because it needs the app's own queue to be made."""
    register_webhooks(app, desk)
    register_bookings(app, desk)
    register_checkouts(app, desk)
    register_follow_ups(app, desk)
    register_desk_rounds(app, desk)

    @app.task(name=Job.TURN.value, retry=_RETRY)
    async def turn(channel: str, chat: str) -> None:
        await desk().answer(channel, chat)

    @app.task(name=Job.HAND_BACK.value, retry=_RETRY)
    async def hand_back(handoff: int) -> None:
        await desk().hand_back(handoff)

    @app.periodic(cron=SWEEP_CRON)
    @app.task(name=Job.SWEEP.value, queueing_lock=Job.SWEEP.value, pass_context=False)
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await Broom(desk()).sweep()

    @app.periodic(cron=TIDY_CRON)
    @app.task(name=Job.TIDY.value, queueing_lock=Job.TIDY.value, pass_context=False)
    async def tidy(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await Broom(desk()).tidy()
