"""Training on a market of leads whose truth is known: what is there is found, what is not is refused."""

from datetime import timedelta

import pytest

from core.db import predictors
from core.db.pool import Pool
from core.errors import TrainingError
from core.learning.growing import RECIPES
from core.learning.lead_training import LeadTraining, train_on_leads
from core.learning.trained import Kind, read_trained
from core.learning.training import Plan
from tests.histories import START, make_market

SMALL = Plan(recipes=(RECIPES[1], RECIPES[2]), parts=3, repeats=2)
LATER = START + timedelta(days=365)


async def trained_on(pool: Pool) -> LeadTraining:
    return await train_on_leads(pool, SMALL, now=LATER, reading=lambda *_: None, advance=lambda _: None)


async def test_a_planted_signal_is_found_and_serves(empty_database: Pool) -> None:
    await make_market(empty_database, 400, signal=2.0)
    found = await trained_on(empty_database)
    assert found.serves
    assert found.outcome.beats_base_rate
    assert {found.outcome.importances[0].feature, found.outcome.importances[1].feature} & {"price_questions", "intent"}
    asks, silent = {"intent": "price_question", "price_questions": 2}, {"intent": "exploration", "price_questions": 0}
    async with empty_database.connection() as conn:
        version = await predictors.active(conn)
        assert version is not None
        stored = await predictors.load(conn, version)
    assert stored is not None
    model = read_trained(stored[1])
    chances = model.chances([asks, silent])
    assert chances[0] > 0.5
    assert chances[1] < 0.3


async def test_the_same_data_do_not_replace_it_again(empty_database: Pool) -> None:
    await make_market(empty_database, 400, signal=2.0)
    first, second = await trained_on(empty_database), await trained_on(empty_database)
    assert (first.serves, second.serves) == (True, False)
    assert [duel.rival for duel in second.outcome.duels] == ["scorecard", first.name]


async def test_noise_is_refused_and_the_base_rate_is_told(empty_database: Pool) -> None:
    await make_market(empty_database, 300, signal=0.0, seed=5)
    found = await trained_on(empty_database)
    assert found.outcome.trained.kind is Kind.BASE_RATE
    assert 0.2 < found.outcome.trained.rate < 0.4
    assert found.serves is found.outcome.duels[0].won
    async with empty_database.connection() as conn:
        [row] = await predictors.newest(conn)
    assert (row.active, row.activated_at is not None) == (found.serves, found.serves)
    assert row.report["duels"][0]["won"] is found.serves


async def test_without_anybody_who_allowed_it_there_is_nothing_to_learn(empty_database: Pool) -> None:
    await make_market(empty_database, 30, signal=2.0, learning=False)
    with pytest.raises(TrainingError, match="allowed learning"):
        await trained_on(empty_database)


async def test_too_few_sales_are_told(empty_database: Pool) -> None:
    await make_market(empty_database, 20, signal=2.0)
    with pytest.raises(TrainingError, match="at least 8"):
        await trained_on(empty_database)
