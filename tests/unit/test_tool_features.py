"""Features as numbers: bounded whatever is recorded, and readable by name."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.learning.tool_features import COLUMNS, GROUPS, SITUATION, encode, encode_situation

values = st.floats() | st.text(max_size=12) | st.sampled_from(["refusal", "demo", "price", "excited"])
rows = st.dictionaries(
    st.sampled_from(["stage", "intent", "objection", "emotion", "profile", "score", "turns"]), values
)


@given(rows)
def test_whatever_was_recorded_is_bounded(features: dict[str, float | str]) -> None:
    encoded = encode([features])
    assert encoded.shape == (1, len(COLUMNS))
    assert np.isfinite(encoded).all()
    assert np.abs(encoded).max() <= 1.0
    assert encoded[0, 0] == 1.0


@given(rows)
def test_serving_sees_what_training_saw(features: dict[str, float | str]) -> None:
    assert (encode_situation(features) == encode([features])[0, : len(SITUATION)]).all()


def test_columns_are_named_by_what_they_hold() -> None:
    encoded = dict(zip(COLUMNS, encode([{"intent": "refusal", "score": 0.5, "profile": 0.25}])[0], strict=True))
    assert encoded["intent=refusal"] == 1.0
    assert encoded["intent=exploration"] == 0.0
    assert (encoded["score"], encoded["profile"]) == (0.0, 0.25)


def test_every_column_of_the_situation_has_a_group() -> None:
    assert len(GROUPS) == len(SITUATION)
    assert set(GROUPS) == set(range(max(GROUPS) + 1))


def test_nothing_gives_no_rows() -> None:
    assert encode([]).shape == (0, len(COLUMNS))
