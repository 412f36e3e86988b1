"""The advisors' desk by itself: hot leads and demos without a host are told of, and hand-offs come to their end.

Most hand-offs have a job of their own for their deadline. The round also ends those that have none: one that waits for
the morning, one that an advisor began, and one whose job was lost.
"""

from collections.abc import Callable

from procrastinate import App

from channels.jobs.desk import Desk
from core.db import handoffs
from core.integrations.queue import Job
from core.world import host_absences, hot_leads

ROUND_CRON = "* * * * * */15"
"""Every fifteen seconds."""


def register_desk_rounds(app: App, desk: Callable[[], Desk]) -> None:
    """Give the app the desk's periodic task."""

    @app.periodic(cron=ROUND_CRON)
    @app.task(name=Job.DESK_ROUND.value, queueing_lock=Job.DESK_ROUND.value, pass_context=False)
    async def desk_round(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await make_round(desk())


async def make_round(desk: Desk) -> None:
    """One round."""
    brenda = desk.brenda
    now = brenda.clock()
    async with brenda.pool.connection() as conn:
        overdue = await handoffs.overdue(conn, now)
    for handoff_id in overdue:
        await desk.hand_back(handoff_id)
    samples = brenda.settings.tells_samples
    told = await hot_leads.look(brenda.pool, brenda.prompts.current, now)
    told |= await host_absences.look(brenda.pool, brenda.prompts.current, samples, now)
    if told or overdue:
        desk.spoken()
