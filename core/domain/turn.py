"""One turn: what was asked of Brenda, and everything that came of it, as data.

A turn changes nothing outside the graph's state while it runs, but for what its tools wrote. Its `TurnResult` lies in
the checkpoint, so that a turn which is run again after a crash is closed from there and the model is not paid twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.domain.evidence import Fact
from core.domain.funnel import Stage
from core.domain.messages import Input, Outgoing
from core.domain.people import ConsentKind
from core.domain.perception import Perception
from core.domain.tools import ToolCall


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class TurnRequest(_Frozen):
    """What reached one chat since the last turn; several quick messages are folded into one request."""

    turn_id: str
    channel: str
    chat: str
    inputs: tuple[Input, ...]


class Event(_Frozen):
    """Something that happened. A milestone (`once`) is written once per lead, anything else once per turn."""

    kind: str
    payload: dict[str, Any] = {}
    once: bool = False


class ConsentChange(_Frozen):
    """A tick given or taken back, with the version of the text that was on the screen."""

    kind: ConsentKind
    granted: bool
    text_version: str


class LeadChange(_Frozen):
    """What a turn learned about the lead; None leaves a field as it was."""

    name: str | None = None
    language: str | None = None
    course_id: int | None = None
    campaign: str | None = None
    source: str | None = None


class Selection(_Frozen):
    """The whole decision of one turn: which tools the model saw, which was suggested, and with what probability.

    `probabilities` holds every candidate of the draw ("none" among them) and sums to 1; `propensity` is the drawn
    one's. `recommender` is the version that leaned, `leans` its factors that were not 1.
    """

    stage: Stage
    arm: str
    eligible: tuple[str, ...]
    offered: tuple[str, ...]
    refused: dict[str, str]
    probabilities: dict[str, float]
    suggestion: str | None
    propensity: float
    exploration_floor: float
    score: float
    predictor: str
    features: dict[str, float | str]
    recommender: str = "none"
    leans: dict[str, float] = {}


class TurnResult(_Frozen):
    """Everything that a turn decided. `heard` is what the person said, one line an input, as it is recorded.

    `evidence` is there for whoever shows the turn when it is taken; only its `sources` ("table:id") are kept.
    `experiment` is the running one that gave the arm; empty when none did.
    """

    turn_id: str
    at: datetime
    stage: Stage
    heard: tuple[str, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    to_advisor: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    consents: tuple[ConsentChange, ...] = ()
    lead: LeadChange = LeadChange()
    perception: Perception | None = None
    selection: Selection | None = None
    calls: tuple[ToolCall, ...] = ()
    evidence: tuple[Fact, ...] = Field(default=(), exclude=True)
    sources: tuple[str, ...] = ()
    model: str | None = None
    model_calls: int = 0
    prompt_hash: str = ""
    arm: str = ""
    experiment: str = ""
    probability: float | None = None
    erase: bool = False
    close_handoff: str = ""


@dataclass(frozen=True, slots=True)
class SavedState:
    """A chat's checkpoint: its id, its parent's, and both halves of it as JSON."""

    id: str
    parent: str | None
    checkpoint: dict[str, Any]
    metadata: dict[str, Any]
