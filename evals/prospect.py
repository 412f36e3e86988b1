"""Who plays the person: the interface between a conversation and a scripted, simulated or live prospect."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import Field

from core.domain.perception import Objection
from evals.leave_rule import LeaveRule
from evals.record import TurnRecord
from evals.steps import Step
from evals.strict import Strict

AskTopic = Literal[
    "price",
    "duration",
    "certificate",
    "syllabus",
    "schedule",
    "guarantee",
    "level",
    "requirements",
    "testimonials",
    "discount",
    "ai_identity",
    "start_date",
    "modality",
    "privacy",
]
"""What a simulated prospect can ask; the wordings are in `evals/prospects/wordings/`."""


class Habit(StrEnum):
    """What somebody likes to do on the way to what they want."""

    PRESS_BUTTONS = "press_buttons"
    HAGGLE = "haggle"
    GREET = "greet"
    THANK = "thank"
    SEND_STICKERS = "send_stickers"
    SAY_NO = "say_no"
    PAY = "pay"
    BOOK = "book"
    COME_BACK = "come_back"


class ProspectPlan(Strict):
    """What a simulated prospect is after in one scenario; what is None is taken from the persona.

    `say_no`: they end with a refusal in words and look at what comes of it. `pay` and `book`: they do so once they hold
    the link, if the price is within the budget. `come_back`: they write again two days after they left it at that.
    """

    wants: Literal["demo", "buy", "information", "resources", "human", "nothing"] = "information"
    asks: tuple[AskTopic, ...] = ()
    objects: tuple[Objection, ...] | None = None
    budget: Annotated[float, Field(ge=0)] | None = None
    patience: Annotated[int, Field(ge=1, description="turns without what they want before they leave")] | None = None
    trust: Annotated[float, Field(ge=0, le=1)] | None = None
    urgency: Annotated[float, Field(ge=0, le=1)] | None = None
    leaves_when: tuple[LeaveRule, ...] = ()
    likes_to: tuple[Habit, ...] = ()
    played_by: Literal["machine", "model"] = "machine"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person sees: the last turn's texts, buttons and files. Nothing else of it is theirs to read."""

    turn: TurnRecord
    number: int
    minutes: float


class Prospect(Protocol):
    """Plays one conversation. `faults` are breaches of its own contract, counted apart from Brenda's."""

    @property
    def faults(self) -> list[str]: ...

    @property
    def left_because(self) -> str: ...

    async def next(self, seen: Seen | None) -> Step | None:
        """What the person does now; None when they have left."""
        ...
