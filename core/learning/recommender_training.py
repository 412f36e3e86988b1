"""Teaching the recommender from the log: everything of a time span, fitted anew, stored as a version, put in force.

It needs no proof before it serves, as the conversion predictor does: what it knows little of it leans little to, the
floor of the draw keeps every candidate alive, and each decision under it is judged by the next version. `policy
evaluate` tells what leaving it out would have earned.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.db import decisions, recommenders
from core.db.pool import Pool
from core.domain.decisions import Period, Reward
from core.errors import RecommenderError
from core.learning.recommender import LogisticThompson, learn

SPAN = timedelta(days=180)
"""What is older says little about today's people and course."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned, from what, as which version."""

    version: int
    recommender: LogisticThompson
    period: Period
    used: int
    leads: int


async def relearn(pool: Pool, now: datetime, reward: Reward, since: datetime | None = None) -> Lesson:
    """Learn a new version and put it in force. The fit runs beside the event loop.

    Raises:
        RecommenderError: there is not one decision to learn from; says how many were left out, and why.
    """
    async with pool.connection() as conn:
        period = await decisions.between(conn, since or now - SPAN, now, reward.window, now)
    used = [decision for decision in period.decisions if len(decision.probabilities) > 1]
    if not used:
        raise RecommenderError(
            f"Nothing to learn from: {period.unconsented} decisions are about people without consent to learning, and "
            f"{period.undecided} are younger than {reward.window.days} days."
        )
    recommender = await asyncio.to_thread(learn, used, reward)
    leads = len({decision.lead for decision in used})
    async with pool.connection() as conn, conn.transaction():
        version = await recommenders.add(
            conn,
            recommender.as_data(),
            reward={"window_days": reward.window.total_seconds() / 86_400, "step": reward.step, "sale": reward.sale},
            decisions=len(used),
            leads=leads,
            since=period.since,
            until=period.until,
            now=now,
        )
        await recommenders.put_in_force(conn, version)
    return Lesson(version, recommender, period, len(used), leads)
