"""Experiments as data: what is tried on whom, what it is judged by, and what it must not harm.

An arm is a name that `prompts/selection.toml` and `prompts/arms/` give a meaning to; an experiment only says who gets
which. The metric and the guardrails are yes-or-no facts about a person within a window after their exposure.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Metric(StrEnum):
    """What an experiment wants more of: a milestone that a person reaches or not."""

    DEMO_REQUESTED = "demo_requested"
    PURCHASE_COMPLETED = "purchase_completed"


class Guardrail(StrEnum):
    """What an experiment must not cause more of."""

    OPT_OUTS = "opt_outs"
    HANDOFFS = "handoffs"
    BLOCKS = "blocks"


class Namespace(BaseModel):
    """The stretch [start, end) of a namespace that an experiment owns; experiments on disjoint ones share nobody."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")]
    start: Annotated[float, Field(ge=0, le=1)]
    end: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _is_a_stretch(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a namespace's start should be below its end, as in talk:0:0.5")
        return self

    def overlaps(self, other: "Namespace | None") -> bool:
        """Whether some people may be in both; another name, or none, is independent of this one and so overlaps."""
        return other is None or other.name != self.name or (self.start < other.end and other.start < self.end)


@dataclass(frozen=True, slots=True)
class Trial:
    """A running experiment, as far as it must be known to find a person's arm."""

    experiment: str
    seed: str
    arms: dict[str, float]
    coverage: float = 1.0
    namespace: tuple[str, float, float] | None = None


class Plan(BaseModel):
    """What an experiment tries, and how it is judged.

    `arms` are names with traffic weights. `baseline` is the control's expected rate, `minimum_effect` the smallest
    relative lift that is worth having (0.2 is +20 %), `people_per_arm` how many the plan asks for, `window_days` how
    long after exposure an outcome still counts, `coverage` the share of people who take part at all.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    hypothesis: str
    arms: dict[str, float]
    control: str = "control"
    metric: Metric = Metric.DEMO_REQUESTED
    guardrails: tuple[Guardrail, ...] = tuple(Guardrail)
    baseline: Annotated[float, Field(gt=0, lt=1)] = 0.1
    minimum_effect: Annotated[float, Field(gt=0, le=10)] = 0.2
    people_per_arm: Annotated[int, Field(ge=100, le=100_000_000)] = 10_000
    window_days: Annotated[float, Field(gt=0, le=90)] = 7.0
    coverage: Annotated[float, Field(gt=0, le=1)] = 1.0
    namespace: Namespace | None = None
    seed: str


class Draft(Plan):
    """A plan that may be written down: its parts fit together. Rows that were changed by hand may be worse."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_-]{2,60}$")]
    hypothesis: Annotated[str, Field(min_length=10, max_length=1000)]
    arms: dict[Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,60}$")], Annotated[float, Field(gt=0, le=1_000_000)]]
    seed: Annotated[str, Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _compares_something(self) -> Self:
        if len(self.arms) < 2:
            raise ValueError("an experiment needs two arms or more, such as control and consultative")
        if self.control not in self.arms:
            raise ValueError(f"the control {self.control!r} should be one of the arms: {', '.join(sorted(self.arms))}")
        if self.baseline * (1 + self.minimum_effect) >= 1:
            raise ValueError("the baseline raised by the minimum effect should stay below 1")
        return self


class Experiment(Plan):
    """A row of `experiments`. `winner` is the arm that new people get since it was stopped."""

    id: int
    created_at: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    winner: str | None = None

    @property
    def state(self) -> str:
        """`draft`, `running` or `stopped`."""
        if self.started_at is None:
            return "draft"
        return "running" if self.stopped_at is None else "stopped"

    @property
    def treatments(self) -> tuple[str, ...]:
        """The arms that are compared with the control, by name."""
        return tuple(sorted(set(self.arms) - {self.control}))


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of the people of one arm who were assigned under the same weights.

    Counts are of people who saw one arm only; `waiting` of them may still change, because their window is open.
    `harmed` counts those who did what a guardrail watches. `exposed` are all, those who saw two arms (`crossed`) too.
    """

    arm: str
    weights: dict[str, float]
    exposed: int
    crossed: int
    people: int
    converted: int
    waiting: int
    harmed: dict[Guardrail, int]
