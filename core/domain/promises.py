"""What was promised to a lead: a link that opens, a human who answers, a word at an agreed time.

Each is a row with a deadline. Every row carries the `key` of the tool call that made it, so that a turn which is run
again promises nothing twice.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.evidence import Fact, FactKind


class PaymentStatus(StrEnum):
    """Where a payment stands; `link_sent` is the first."""

    LINK_SENT = "link_sent"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    EXPIRED = "expired"


class HandoffStatus(StrEnum):
    """Where a hand-off stands. `waiting`: asked for while nobody was on duty, and Brenda still talks.

    `returned` and `timed_out` are ends: a hand-off that is over never begins again.
    """

    WAITING = "waiting"
    OPEN = "open"
    TAKEN = "taken"
    RETURNED = "returned"
    TIMED_OUT = "timed_out"


class FollowUpStatus(StrEnum):
    """What was decided about a follow-up; `planned` until then."""

    PLANNED = "planned"
    SENT = "sent"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)

    table: ClassVar[str]
    id: UUID | int

    @property
    def source(self) -> str:
        """The row as facts name it: "handoffs:7"."""
        return f"{self.table}:{self.id}"

    def fact(self, key: str, kind: FactKind, value: str, unit: str = "") -> Fact:
        """A fact with this row as its source."""
        return Fact(key=key, kind=kind, value=value, unit=unit, source=self.source)


class Payment(_Row):
    """An amount that a lead was invited to pay. `lead_id` is None after an erasure.

    `amount` is what was said when the link was made. From the first checkout on it is what that asks, which may be
    another amount, and `said_amount` is what was said. `refunded_amount` is all that was paid back.
    """

    table: ClassVar[str] = "payments"
    id: UUID
    lead_id: UUID | None
    course_id: int
    offer_id: int | None
    turn_id: str
    provider: str
    provider_reference: str | None
    status: PaymentStatus
    amount: Decimal
    currency: str
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    said_amount: Decimal | None = None
    said_currency: str | None = None
    opened_at: datetime | None = None
    failure: str | None = None
    refunded_amount: Decimal = Decimal(0)
    refunded_at: datetime | None = None

    @property
    def said(self) -> tuple[Decimal, str]:
        """The amount and currency that were said in the chat."""
        return (self.said_amount or self.amount, self.said_currency or self.currency)

    @property
    def was_paid(self) -> bool:
        """Whether money came, be it that some of it went back."""
        return self.paid_at is not None


class DemoLink(_Row):
    """An invitation to see the course. `scheduling_url` is another provider's single-use address, until it is used."""

    table: ClassVar[str] = "demo_links"
    id: UUID
    lead_id: UUID
    course_id: int
    turn_id: str
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    used_at: datetime | None
    scheduling_url: str | None = None


class Handoff(_Row):
    """A chat that waits for, or is with, a human until `deadline_at`."""

    table: ClassVar[str] = "handoffs"
    id: int
    lead_id: UUID
    advisor_id: int | None
    reason: str
    summary: str
    status: HandoffStatus
    turn_id: str
    opened_at: datetime
    deadline_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether it was handed back or timed out."""
        return self.closed_at is not None


class FollowUp(_Row):
    """A message for a later moment. `reason` says why it was withheld or cancelled, or was postponed.

    `planned_for` is when it is tried, and None until it is placed; later than `not_after` it is not sent.
    `created_at` is when that happened which it follows up on, `about_at` the moment that it is about.
    """

    table: ClassVar[str] = "follow_ups"
    id: int
    lead_id: UUID
    turn_id: str
    kind: str
    note: str
    due_at: datetime
    status: FollowUpStatus
    reason: str | None
    decided_at: datetime | None
    subject: str = ""
    about_at: datetime | None = None
    planned_for: datetime | None = None
    not_after: datetime | None = None
    postponed: int = 0
    created_at: datetime
