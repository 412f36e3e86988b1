"""Leaning: how a recommender speaks to the draw of a tool.

A lean multiplies a tool's weight: 1 changes nothing, 2 doubles it. It is a plain number that is known before the draw,
so that the draw's probabilities stay exact whatever the recommender behind it. Without one, every lean is 1.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.learning.predictor import Features

Leans = Mapping[str, float]
"""Candidate of the draw -> positive factor of its weight."""


class Recommender(Protocol):
    """What worked for people like this one. `version` names what was learned, and is recorded with the draw."""

    @property
    def version(self) -> str:
        """The name of the version."""
        ...

    def leans(self, features: Features, candidates: Sequence[str]) -> Leans:
        """One lean for each candidate ("none" among them); `features` also hold the predictor's `score`."""
        ...


class Neutral:
    """Knows nothing and leans nowhere."""

    version = "none"

    def leans(self, features: Features, candidates: Sequence[str]) -> Leans:  # noqa: ARG002 - it knows nothing
        """1 for every candidate."""
        return dict.fromkeys(candidates, 1.0)


NEUTRAL = Neutral()
