"""A trained predictor in a real talk: it scores what it was trained on, and what it saw can be read again later."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import numpy as np
import pytest

from agent.turn import Brenda
from core.db import lead_features, predictors
from core.db.pool import Pool
from core.domain.funnel import Stage
from core.learning.encoding import learn_encoding
from core.learning.growing import RECIPES, grow
from core.learning.platt import Curve
from core.learning.trained import Kind, Model, Trained
from tests.brendas import Talk, brenda_on, queue_on

LINES = ("¿Cuánto cuesta?", "es caro, no me alcanza", "trabajo en una clínica y quiero automatizar", "¿hay descuento?")


@pytest.fixture
async def alone(database: Pool) -> AsyncIterator[Brenda]:
    """Brenda on a database of her own: which predictor is active matters to everybody on it."""
    async with queue_on(database) as queue, brenda_on(database, queue) as made:
        yield made


def _telling_model() -> Trained:
    """Trees that ask for many features, so that a difference in any is seen in the score."""
    rng = np.random.default_rng(0)
    names = ("words_per_message", "questions", "tools", "turns", "objections", "response_seconds", "engagement", "hour")
    stages = ("conversation", "demo", "checkout")
    rows = [{name: float(rng.uniform(0, 8)) for name in names} | {"stage": str(rng.choice(stages))} for _ in range(400)]
    truth = np.array([float(sum(v for v in row.values() if isinstance(v, float)) > 32) for row in rows])
    encoding = learn_encoding(rows)
    trees, start = grow(RECIPES[4], encoding.matrix(rows), truth, 0).export(encoding.matrix(rows[:50]))
    return Trained(0.3, Model(Kind.BOOSTING, encoding, trees, start, Curve(0.2, -0.5)))


async def _activate(pool: Pool, trained: Trained) -> int:
    async with pool.connection() as conn:
        now = datetime.now(UTC)
        return await predictors.add(
            conn, kind=trained.kind.value, model=trained.as_data(), report={}, now=now, activate=True
        )


async def test_each_score_can_be_computed_again_from_the_record(alone: Brenda) -> None:
    trained = _telling_model()
    talk = await Talk(alone).reaches(Stage.CONVERSATION)
    version = await _activate(alone.pool, trained)
    for line in LINES:
        await talk.says(line)
    await talk.says("una cosa", "¿dan certificado?")
    rows = await talk.rows("selections")
    async with alone.pool.connection() as conn:
        seen = [await lead_features.as_of(conn, row["lead_id"], row["at"]) for row in rows]
    trained_rows = [(row, each) for row, each in zip(rows, seen, strict=True) if row["predictor"] != "scorecard-1"]
    assert len(trained_rows) == len(LINES) + 1
    assert {row["predictor"] for row, _ in trained_rows} == {f"gradient_boosting-{version}"}
    again = trained.chances([each for _, each in trained_rows])
    assert [row["score"] for row, _ in trained_rows] == pytest.approx(again.tolist(), abs=1e-12)
    assert len({row["score"] for row, _ in trained_rows}) > 1


async def test_a_rollback_is_in_force_at_the_next_turn(alone: Brenda) -> None:
    talk = await Talk(alone).reaches(Stage.CONVERSATION)
    version = await _activate(alone.pool, Trained(0.25))
    await talk.says(LINES[0])
    async with alone.pool.connection() as conn:
        await predictors.withdraw(conn, datetime.now(UTC))
    await talk.says(LINES[1])
    rows = await talk.rows("selections")
    assert [row["predictor"] for row in rows[-2:]] == [f"base_rate-{version}", "scorecard-1"]
    assert rows[-2]["score"] == 0.25
