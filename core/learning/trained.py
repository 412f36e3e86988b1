"""A trained predictor: plain numbers that turn features into the chance that a lead buys.

It answers the same call as the scorecard (`core/learning/predictor.py`). A predictor without trees is the base rate:
the honest answer when no feature tells anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from core.errors import PredictorError
from core.learning.encoding import Encoding, Row
from core.learning.platt import Curve, log_odds
from core.learning.predictor import Features, Prediction
from core.learning.scores import Numbers
from core.learning.trees import Trees, read_trees

FORM = 1
"""The version of the stored form."""


class Kind(StrEnum):
    """What was learned."""

    FOREST = "random_forest"
    BOOSTING = "gradient_boosting"
    BASE_RATE = "base_rate"


@dataclass(frozen=True, slots=True)
class Model:
    """Trees over an encoding. A forest's trees vote, so their mean is a chance; boosted trees add up to log-odds."""

    kind: Kind
    encoding: Encoding
    trees: Trees
    start: float
    curve: Curve

    def chances(self, rows: Sequence[Row]) -> Numbers:
        """Calibrated chances (rows,)."""
        return self.curve.chances(self.raw(self.encoding.matrix(rows)))

    def raw(self, matrix: Numbers) -> Numbers:
        """Log-odds before calibration, (rows,)."""
        sums = self.trees.sums(matrix)
        if self.kind is Kind.FOREST:
            return log_odds(sums / len(self.trees.roots))
        return self.start + sums


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training found: a model, or only the `rate` of the outcome when nothing beat it."""

    rate: float
    model: Model | None = None

    @property
    def kind(self) -> Kind:
        return self.model.kind if self.model else Kind.BASE_RATE

    def chances(self, rows: Sequence[Row]) -> Numbers:
        """Chances (rows,)."""
        return self.model.chances(rows) if self.model else np.full(len(rows), self.rate)

    def predict(self, features: Features, name: str) -> Prediction:
        """Score one lead; `name` tells the log which version did. Missing and unknown features are no error."""
        return Prediction(float(self.chances([features])[0]), {}, name)

    def as_data(self) -> dict[str, Any]:
        """As JSON values."""
        if self.model is None:
            return {"form": FORM, "rate": self.rate}
        encoding = {"numeric": list(self.model.encoding.numeric), "levels": _lists(self.model.encoding.levels)}
        return {
            "form": FORM,
            "rate": self.rate,
            "kind": self.model.kind.value,
            "encoding": encoding,
            "trees": self.model.trees.as_data(),
            "start": self.model.start,
            "curve": [self.model.curve.slope, self.model.curve.shift],
        }


def read_trained(data: Mapping[str, Any]) -> Trained:
    """What `as_data` wrote.

    Raises:
        PredictorError: it was written by another version, or is damaged.
    """
    if data.get("form") != FORM:
        raise PredictorError(f"its form is {data.get('form')!r} and this version reads {FORM}: train it again.")
    try:
        if "trees" not in data:
            return Trained(_chance(data["rate"]))
        levels = {name: tuple(found) for name, found in data["encoding"]["levels"].items()}
        encoding = Encoding(tuple(data["encoding"]["numeric"]), levels)
        slope, shift = data["curve"]
        trees = read_trees(data["trees"], encoding.width)
        curve = Curve(float(slope), float(shift))
        model = Model(Kind(data["kind"]), encoding, trees, float(data["start"]), curve)
        return Trained(_chance(data["rate"]), model)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PredictorError(f"its row is damaged ({error}): train it again.") from None


def _chance(value: Any) -> float:
    if not 0 <= float(value) <= 1:
        raise ValueError(f"rate should lie between 0 and 1, not {value}")
    return float(value)


def _lists(levels: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(found) for name, found in levels.items()}
