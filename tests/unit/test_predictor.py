"""The scorecard: a probability that can be explained to the point."""

import math

from hypothesis import given
from hypothesis import strategies as st

from core.learning.predictor import BASE_LOG_ODDS, CATEGORICAL, NUMERIC, predict

features = st.fixed_dictionaries(
    {}, optional={name: st.floats(-1e6, 1e6) for name in NUMERIC} | {name: st.text() for name in CATEGORICAL}
)


@given(features)
def test_the_contributions_explain_the_probability(given_features: dict[str, float | str]) -> None:
    prediction = predict(given_features)
    log_odds = BASE_LOG_ODDS + sum(prediction.contributions.values())
    assert 0 < prediction.probability < 1
    assert math.isclose(prediction.probability, 1 / (1 + math.exp(-log_odds)))


def test_interest_counts_for_and_a_refusal_against() -> None:
    calm = predict({"stage": "conversation", "intent": "exploration"}).probability
    assert predict({"stage": "checkout", "intent": "buying_signal"}).probability > 0.35 > calm
    assert predict({"stage": "conversation", "intent": "refusal"}).probability < calm
