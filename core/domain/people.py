"""The people: leads, what they allowed, and the advisors who take over."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.duty_hours import DutyHours
from core.domain.funnel import Stage


class ConsentKind(StrEnum):
    """Three different ticks, each with its own time and text version."""

    TALK = "talk"
    MARKETING = "marketing"
    LEARNING = "learning"


class Profile(BaseModel):
    """What a lead told about themselves. Every field is optional and short; free words, never inferred."""

    model_config = ConfigDict(frozen=True)

    occupation: str | None = None
    company: str | None = None
    country: str | None = None
    goal: str | None = None
    experience: str | None = None
    budget: str | None = None
    availability: str | None = None
    email: str | None = None


class Lead(BaseModel):
    """A person who wrote. `chat` is the channel's own id of the chat, as text.

    `unseen` is what follow-ups said to them since their last line; it is only known at the start of a turn.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    channel: str
    chat: str
    name: str | None = None
    stage: Stage = Stage.CONTACT
    language: str = "es"
    timezone: str | None = None
    course_id: int | None = None
    campaign: str | None = None
    source: str | None = None
    profile: Profile = Profile()
    consents: frozenset[ConsentKind] = frozenset()
    blocked: bool = False
    unseen: tuple[str, ...] = ()
    created_at: datetime
    last_seen_at: datetime


class Advisor(BaseModel):
    """A human who answers hand-offs from a Telegram chat of their own."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    chat: str
    active: bool = True
    hours: DutyHours = DutyHours()
