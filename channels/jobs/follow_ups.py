"""The jobs of the follow-ups: one is attended to when its moment comes, and once a minute the planner looks around."""

from collections.abc import Callable

from procrastinate import App, RetryStrategy

from channels.jobs.desk import Desk
from core.integrations.queue import Job
from core.world.follow_ups import FollowUps
from core.world.planner import Planner

PLAN_CRON = "* * * * *"
"""Every minute."""
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


def follow_ups_of(desk: Desk) -> FollowUps:
    """The follow-ups beside the turns' desk."""
    brenda = desk.brenda
    samples = brenda.settings.tells_samples
    return FollowUps(brenda.pool, desk.queue, lambda: brenda.prompts.current, brenda.clock, samples)


def planner_of(desk: Desk) -> Planner:
    """The planner beside the turns' desk."""
    brenda = desk.brenda
    return Planner(brenda.pool, desk.queue, lambda: brenda.prompts.current, brenda.clock)


def register_follow_ups(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app its tasks."""

    @app.task(name=Job.FOLLOW_UP.value, retry=_RETRY)
    async def follow_up(follow_up: int) -> None:
        if await follow_ups_of(desk()).attend(follow_up):
            desk().spoken()

    @app.periodic(cron=PLAN_CRON)
    @app.task(name=Job.PLAN.value, queueing_lock=Job.PLAN.value, pass_context=False)
    async def plan(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        planner = planner_of(desk())
        await planner.plan()
        await planner.learn()
