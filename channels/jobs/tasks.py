"""The tasks of the queue: which job runs what, how often, and how it is tried again."""

from collections.abc import Callable

from procrastinate import App, RetryStrategy

from channels.jobs.broom import Broom
from channels.jobs.desk import Desk
from core.integrations.queue import Job

SWEEP_CRON = "* * * * * */3"
"""Every three seconds."""
TIDY_CRON = "* * * * *"
"""Every minute."""

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


def register(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its tasks. `desk` is asked when a job runs, because it needs the app's own queue to be made."""

    @app.task(name=Job.TURN.value, retry=_RETRY)
    async def turn(channel: str, chat: str) -> None:
        await desk().answer(channel, chat)

    @app.task(name=Job.HAND_BACK.value, retry=_RETRY)
    async def hand_back(handoff: int) -> None:
        await desk().hand_back(handoff)

    @app.task(name=Job.FOLLOW_UP.value, retry=_RETRY)
    async def follow_up(follow_up: int) -> None:
        await desk().follow_up(follow_up)

    @app.periodic(cron=SWEEP_CRON)
    @app.task(name=Job.SWEEP.value, queueing_lock=Job.SWEEP.value, pass_context=False)
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await Broom(desk()).sweep()

    @app.periodic(cron=TIDY_CRON)
    @app.task(name=Job.TIDY.value, queueing_lock=Job.TIDY.value, pass_context=False)
    async def tidy(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await Broom(desk()).tidy()
