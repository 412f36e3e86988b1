"""A persona: somebody who might write to Brenda, as one file in `evals/personas/`. All of them are invented."""

from typing import Annotated, Literal

from pydantic import Field

from core.domain.perception import Objection
from evals.leave_rule import LeaveRule
from evals.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,59}$")]


class Typing(Strict):
    """How somebody types on a telephone. `typos`, `emoji` and `split` are shares of messages."""

    accents: bool = True
    capitals: bool = True
    typos: Share = 0.0
    emoji: Share = 0.0
    split: Share = 0.0
    length: Literal["short", "medium", "long"] = "medium"
    voseo: bool = False


class Persona(Strict):
    """One person. `budget` is in USD; `patience`, `trust` and `urgency` are from 0 (none) to 1."""

    id: Id
    name: str
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 code")]
    timezone: str = "America/Mexico_City"
    language: Literal["es", "en", "pt"] = "es"
    occupation: str = ""
    about: str = ""
    wants: str = ""
    knows: tuple[str, ...] = ()
    objects: tuple[Objection, ...] = ()
    budget: Annotated[float, Field(ge=0)] | None = None
    patience: Share = 0.5
    trust: Share = 0.5
    urgency: Share = 0.5
    typing: Typing = Typing()
    leaves_when: tuple[LeaveRule, ...] = ()
