"""A stored predictor: the same answers after its storage, no error on any lead, and no trust in a damaged row."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PredictorError
from core.learning.encoding import Encoding
from core.learning.platt import Curve
from core.learning.trained import Kind, Model, Trained, read_trained
from core.learning.trees import read_trees
from tests.unit.test_trees import STUMP

ENCODING = Encoding(("questions",), {"stage": ("demo",)})
BOOSTED = Trained(0.2, Model(Kind.BOOSTING, ENCODING, read_trees(STUMP, 2), -1.0, Curve(1.0, 0.0)))
FOREST = Trained(0.2, Model(Kind.FOREST, ENCODING, read_trees(STUMP | {"value": [0, 0.1, 0.9]}, 2), 0, Curve(1.0, 0.0)))


def test_votes_are_averaged_and_steps_are_added() -> None:
    assert FOREST.chances([{"questions": 0}, {"questions": 1}]).tolist() == pytest.approx([0.1, 0.9])
    assert BOOSTED.predict({"questions": 3}, "v").probability == pytest.approx(1 / (1 + np.exp(-1.5)))
    assert Trained(0.2).predict({"questions": 3}, "base_rate-1").probability == 0.2


@pytest.mark.parametrize("trained", [BOOSTED, FOREST, Trained(0.2)])
def test_storage_changes_nothing(trained: Trained) -> None:
    again = read_trained(json.loads(json.dumps(trained.as_data())))
    rows = [{"questions": n / 7, "stage": "demo"} for n in range(9)]
    assert again.kind is trained.kind
    assert again.chances(rows).tolist() == trained.chances(rows).tolist()


@given(st.dictionaries(st.sampled_from(["questions", "stage", "other"]), st.one_of(st.text(), st.floats())))
def test_any_lead_has_a_chance(features: dict[str, float | str]) -> None:
    for trained in (BOOSTED, FOREST):
        assert 0 < trained.predict(features, "v").probability < 1


@pytest.mark.parametrize(
    "damage",
    [{"form": 2}, {"rate": 7}, {"rate": None}, {"trees": {}}, {"encoding": 3}, {"curve": [1]}, {"kind": "oracle"}],
)
def test_a_damaged_row_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(PredictorError):
        read_trained(BOOSTED.as_data() | damage)
