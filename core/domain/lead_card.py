"""A lead as an advisor sees them: who they are, where they stand, what was said and promised."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.funnel import Stage
from core.domain.people import Profile
from core.domain.promises import HandoffStatus


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class CardScore(_Frozen):
    """What the predictor said of the lead at its last decision."""

    score: float
    predictor: str
    features: Mapping[str, float | str]
    at: datetime


class CardLine(_Frozen):
    """One line of the chat. `author` is lead, brenda or advisor."""

    author: str
    text: str
    at: datetime


class CardBooking(_Frozen):
    """The newest booking of a demonstration. `status`: booked, moved, cancelled, held or missed."""

    status: str
    starts_at: datetime
    ends_at: datetime
    host: str


class CardPayment(_Frozen):
    """The newest payment. `status` as in `PaymentStatus`; `refunded` is whether any of it was paid back."""

    status: str
    amount: str
    currency: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    refunded: bool


class CardHandoff(_Frozen):
    """The hand-off that is not over. `advisor` is who took it, as far as they are known by name."""

    id: int
    status: HandoffStatus
    reason: str
    opened_at: datetime
    deadline_at: datetime
    advisor_id: int | None
    advisor: str | None


class LeadCard(_Frozen):
    """Everything that an advisor needs to speak with a lead. `number` is what advisors call them.

    `intents` are of the last messages, the newest first, and `latest_objection` is the last one among those messages;
    `objections` count over the whole chat.
    """

    id: UUID
    number: int
    channel: str
    chat: str
    name: str | None
    stage: Stage
    language: str
    timezone: str | None
    source: str | None
    campaign: str | None
    profile: Profile
    course: str | None
    blocked: bool
    created_at: datetime
    last_seen_at: datetime
    score: CardScore | None
    intents: tuple[str, ...]
    objections: Mapping[str, int]
    latest_objection: str
    lines: tuple[CardLine, ...]
    demo_link_at: datetime | None
    booking: CardBooking | None
    payment: CardPayment | None
    handoff: CardHandoff | None


class QueuedLead(_Frozen):
    """A lead in the list of those that deserve an advisor's eye. `waiting`: asked for a human and has none yet."""

    id: UUID
    number: int
    name: str | None
    stage: Stage
    score: float | None
    waiting: bool
    with_advisor: bool
    last_seen_at: datetime
