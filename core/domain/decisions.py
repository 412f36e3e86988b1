"""Decisions as they are read back from the log: what was drawn, from which probabilities, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

NONE = "none"
"""The candidate of the draw that stands for suggesting nothing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One logged draw and its outcome.

    `probabilities` are those it was drawn from, and sum to 1. `step` and `sale`: whether the person took the next step
    of the funnel, or bought, within the reward's window. `features` hold the predictor's `score` too.
    """

    lead: UUID
    turn_id: str
    at: datetime
    stage: str
    arm: str
    eligible: tuple[str, ...]
    probabilities: Mapping[str, float]
    drawn: str
    called: tuple[str, ...]
    floor: float
    features: Mapping[str, float | str]
    leans: Mapping[str, float]
    step: bool
    sale: bool


@dataclass(frozen=True, slots=True)
class Reward:
    """What an outcome counts, from 0 to 1, and within what time after the decision it must come.

    A step is one that the person takes: a demo is asked for in a later turn or in their own words, or its link is
    opened. A demo that Brenda pushes on somebody is no step, or the tool that makes its link would reward itself.
    """

    window: timedelta = timedelta(days=7)
    step: float = 0.3
    sale: float = 1.0

    def of(self, decision: Decision) -> float:
        """The better of the two outcomes."""
        return max(self.sale * decision.sale, self.step * decision.step)


REWARDS: Mapping[str, Reward] = {
    "reward": Reward(),
    "step": Reward(step=1.0, sale=1.0),
    "sale": Reward(step=0.0, sale=1.0),
}
"""What may be counted: a weighted sum of both, the share of decisions with a step or a sale, or with a sale."""


@dataclass(frozen=True, slots=True)
class Period:
    """Decisions of a time span, and how many could not be used: without consent to learning, or still in the window."""

    decisions: tuple[Decision, ...]
    since: datetime
    until: datetime
    unconsented: int
    undecided: int
