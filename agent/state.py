"""The state of one chat, and the scratch of one turn.

What is kept (`stage`, `talk` as JSON, and `last`, the id of the turn that was taken last) is text and bounded, so that
a checkpoint is small, readable, and of the same size however long the chat runs. Text, because texts lie in the
checkpoint's own row. What a turn needs only while it runs lies in untracked channels, which are never written anywhere.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypedDict

from langchain_core.messages import BaseMessage
from langgraph.channels import UntrackedValue

from agent.routing import Signal
from agent.stages.opening import Opening
from agent.talk import Talk
from core.domain.evidence import Fact
from core.domain.funnel import Stage
from core.domain.messages import Button, Media, Outgoing
from core.domain.perception import Perception
from core.domain.tools import ToolCall
from core.domain.turn import ConsentChange, Event, LeadChange, Selection, TurnRequest, TurnResult


@dataclass(frozen=True, slots=True)
class Draft:
    """What the nodes have decided so far in this turn."""

    stage: Stage
    outgoing: tuple[Outgoing, ...] = ()
    to_advisor: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    consents: tuple[ConsentChange, ...] = ()
    lead: LeadChange = field(default_factory=LeadChange)
    erase: bool = False
    close_handoff: str = ""

    def saying(self, *messages: Outgoing) -> "Draft":
        """The draft with more messages for the prospect."""
        return replace(self, outgoing=self.outgoing + messages)

    def noting(self, *events: Event) -> "Draft":
        """The draft with more events."""
        return replace(self, events=self.events + events)

    def learning(self, **fields: Any) -> "Draft":
        """The draft with something new about the lead."""
        return replace(self, lead=self.lead.model_copy(update=fields))


@dataclass(frozen=True, slots=True)
class Exchange:
    """The talk with the model in this turn: the brief, what came back, and what the tools brought."""

    brief: tuple[BaseMessage, ...] = ()
    answers: tuple[BaseMessage, ...] = ()
    schemas: tuple[dict[str, Any], ...] = ()
    selection: Selection | None = None
    calls: tuple[ToolCall, ...] = ()
    evidence: tuple[Fact, ...] = ()
    media: tuple[Media, ...] = ()
    buttons: tuple[Button, ...] = ()
    rounds: int = 0
    model: str | None = None
    model_calls: int = 0
    corrected: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Scratch:
    """What the nodes of one turn pass on to each other."""

    request: TurnRequest
    words: str
    trouble: str
    perception: Perception
    signal: Signal
    opening: Opening
    talk: Talk
    draft: Draft
    exchange: Exchange = field(default_factory=Exchange)

    def with_draft(self, draft: Draft) -> "Scratch":
        return replace(self, draft=draft)

    def with_talk(self, **fields: Any) -> "Scratch":
        return replace(self, talk=self.talk.model_copy(update=fields))

    def with_exchange(self, **fields: Any) -> "Scratch":
        return replace(self, exchange=replace(self.exchange, **fields))


class State(TypedDict, total=False):
    """The graph's channels."""

    stage: str
    talk: str
    last: str
    request: Annotated[TurnRequest, UntrackedValue]
    scratch: Annotated[Scratch, UntrackedValue]
    result: Annotated[TurnResult, UntrackedValue]
