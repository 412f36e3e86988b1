"""Training on the leads who allowed it: from the log to a stored version that serves only if it earned it.

The scorecard's rivalry is exact: its chances are computed from the features that it was served with. A trained version
that serves now is a rival too, so that no training can make things worse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from core.db import lead_features, predictors
from core.db.lead_features import Decision
from core.db.pool import Connection, Pool
from core.errors import PredictorError, TrainingError
from core.learning.predictor import predict
from core.learning.scores import Numbers
from core.learning.splitting import Examples, Split, split_by_time
from core.learning.trained import read_trained
from core.learning.training import Advance, Outcome, Plan, train

WINDOW = timedelta(days=14)
"""Who has not bought so long after a decision counts as not having bought."""
SCORECARD = "scorecard"

Reading = Callable[[int, int], None]
"""Called with how many leads were read, and how many there are."""


@dataclass(frozen=True, slots=True)
class LeadTraining:
    """An outcome, the version that it was stored as, and whether that version serves now."""

    outcome: Outcome
    name: str
    serves: bool
    cut: datetime


async def train_on_leads(
    pool: Pool, plan: Plan, *, now: datetime, reading: Reading, advance: Advance, window: timedelta = WINDOW
) -> LeadTraining:
    """Train, judge, and store. A version serves from the next turn on if it beat everything that could serve.

    Raises:
        TrainingError: too few leads allowed learning, or too few of them bought.
    """
    async with pool.connection() as conn:
        decided = await _read(conn, window, now, reading)
        examples = as_examples(decided)
        rivals = {SCORECARD: np.array([predict(each.recorded).probability for each in decided])}
        rivals |= await _incumbent(conn, examples)
    split = split_by_time(examples, window.total_seconds())
    outcome = train(examples, split, rivals, plan, advance)
    return await _store(pool, outcome, split, now, window)


def as_examples(decided: list[Decision]) -> Examples:
    """Decisions as examples; a person is a lead.

    Raises:
        TrainingError: there is none.
    """
    if not decided:
        raise TrainingError(
            "No decision about a lead who allowed learning is old enough. Leads allow it with their own tick; nothing "
            "else is read."
        )
    _, people = np.unique(np.array([str(each.lead_id) for each in decided]), return_inverse=True)
    return Examples(
        rows=tuple(each.features for each in decided),
        truth=np.array([float(each.bought) for each in decided]),
        people=people.astype(np.int64),
        at=np.array([each.at.timestamp() for each in decided]),
    )


async def _read(conn: Connection, window: timedelta, now: datetime, reading: Reading) -> list[Decision]:
    leads, done = await lead_features.learning_leads(conn), 0
    found: list[Decision] = []
    async for count, some in lead_features.decisions(conn, leads, window, now):
        found += some
        done += count
        reading(done, len(leads))
    return found


async def _incumbent(conn: Connection, examples: Examples) -> dict[str, Numbers]:
    """The chances by the trained version that serves now; none when it is the scorecard, or cannot be read."""
    version = await predictors.active(conn)
    found = await predictors.load(conn, version) if version is not None else None
    if version is None or found is None:
        return {}
    try:
        return {predictors.name_of(found[0], version): read_trained(found[1]).chances(examples.rows)}
    except PredictorError:
        return {}


async def _store(pool: Pool, outcome: Outcome, split: Split, now: datetime, window: timedelta) -> LeadTraining:
    cut = datetime.fromtimestamp(split.cut, UTC)
    report: dict[str, Any] = {**outcome.as_data(), "cut": cut.isoformat(), "window_days": window.days}
    kind, serves = outcome.trained.kind.value, outcome.replaces
    async with pool.connection() as conn:
        version = await predictors.add(
            conn, kind=kind, model=outcome.trained.as_data(), report=report, now=now, activate=serves
        )
    return LeadTraining(outcome, predictors.name_of(kind, version), serves, cut)
