"""A scenario: who writes, what they came for, how the world stands, and what must be true when they are gone."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from evals.checks import Check
from evals.faulty_model import ModelFault
from evals.persona import Id
from evals.prospect import ProspectPlan
from evals.record import Gate
from evals.steps import Step
from evals.strict import Strict
from evals.world import Slug, World


class Ending(StrEnum):
    """How a conversation may end, as the database tells it."""

    SALE = "sale"
    CHECKOUT = "checkout"
    DEMO = "demo"
    HANDOFF = "handoff"
    OPTED_OUT = "opted_out"
    NO_SALE = "no_sale"


class Source(Strict):
    """The advertisement that the person pressed: hashtags in their first message, or a link's payload."""

    course: Slug | None = "ia-para-profesionales"
    campaign: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = "IG_NOVIEMBRE"
    by: Literal["hashtag", "link"] = "hashtag"
    says: str = ""


class Scenario(Strict):
    """One file of a suite, or one of its documents. Either `turns` (a script) or `prospect` (simulated)."""

    id: Id
    about: Annotated[str, Field(min_length=8, description="what this proves, in one sentence")]
    persona: Id = "mariana"
    source: Source = Source()
    opens_at: Literal["contact", "consent", "name", "conversation"] = "conversation"
    turns: tuple[Step, ...] = ()
    prospect: ProspectPlan | None = None
    world: World = World()
    model: ModelFault | None = None
    checks: tuple[Check, ...] = ()
    without: tuple[Literal["honest", "accepts_refusal", "longest", "fresh", "replied"], ...] = ()
    right_end: tuple[Ending, ...] | Ending
    gate: Gate = "none"
    most_turns: Annotated[int, Field(ge=1, le=200)] = 24
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _played_once(self) -> "Scenario":
        if bool(self.turns) == (self.prospect is not None):
            raise ValueError("should have either `turns` (a script) or `prospect` (a simulated person)")
        return self

    @property
    def right_ends(self) -> tuple[Ending, ...]:
        """The ends that are right, also where one is written."""
        return (self.right_end,) if isinstance(self.right_end, Ending) else self.right_end
