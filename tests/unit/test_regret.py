"""Regret: what a floor costs anybody, the parts of a run, and contestants who know less or more."""

import numpy as np
import pytest

from core.learning.tool_features import encode
from evals.benchmarks.market import Climate, Shape, situations
from evals.benchmarks.regret import ARMS, CONTESTANTS, HINDSIGHT, PHASES, Log, Recommended, regrets, unavoidable

CLIMATE = Climate(Shape.RATES, level=0.5, variety=0.05, effect=0.05)


@pytest.mark.parametrize(
    ("name", "share"), [("recommender", 0.0), ("recommender, floor 0.2 %", 0.012), ("recommender, floor 5 %", 0.3)]
)
def test_a_floor_costs_its_share_of_random_draws_whoever_draws(name: str, share: float) -> None:
    assert unavoidable(name) == pytest.approx(share, abs=1e-6)


def test_every_contestant_plays_and_its_parts_are_of_the_whole() -> None:
    shares = regrets(CLIMATE, 40, 1, list(CONTESTANTS))
    assert list(shares) == [*CONTESTANTS, HINDSIGHT]
    for parts in shares.values():
        assert parts.shape == (len(PHASES) + 1,)
        assert (parts >= 0).all()
        assert parts[1:].sum() == 0.0
    assert shares[HINDSIGHT].sum() < 0.1


def test_the_same_seed_gives_the_same_regret() -> None:
    one, other = (regrets(CLIMATE, 60, 5, ["recommender"])["recommender"] for _ in range(2))
    assert (one == other).all()


def test_who_is_told_late_knows_nothing_until_then() -> None:
    features = situations(60, np.random.default_rng(0))
    log = Log(features, encode(features), np.zeros(60, dtype=np.int64), np.ones(60), np.random.default_rng(0))
    late, early = Recommended(log, delay=50), Recommended(log)
    for contestant in (late, early):
        contestant.choose(0)
        contestant.choose(25)
    assert late.recommender is not None and early.recommender is not None
    assert set(late.recommender.leans(features[25], ARMS).values()) == {1.0}
    assert set(early.recommender.leans(features[25], ARMS).values()) != {1.0}
