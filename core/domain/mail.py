"""An e-mail as it goes out, and what is known at that moment of the person whom it is for."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from core.domain.funnel import Stage


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Mail(_Frozen):
    """A rendered e-mail. `unsubscribe_url` is None for what needs no consent; `marketing` is the opposite of it."""

    to: str
    name: str | None
    subject: str
    text: str
    html: str
    template: str
    marketing: bool
    unsubscribe_url: str | None = None


class Standing(_Frozen):
    """Where a person stands when an e-mail to them is due. `suppressed` is why their address gets no e-mail ("page",
    "bounce"); `everything` whether that holds for receipts too.
    """

    stage: Stage
    name: str | None = None
    email: str | None = None
    blocked: bool = False
    marketing: bool = False
    suppressed: str | None = None
    everything: bool = False
    purchased: bool = False
    booked: bool = False
    last_seen_at: datetime
    course_id: int | None = None
    enrolled_at: datetime | None = None
    enrolment_stopped: bool = False
    last_letter_at: datetime | None = None


class CourseWords(_Frozen):
    """What an e-mail may say of a course: rows, no promises."""

    name: str
    tagline: str
    weeks: int
    hours: int
    modules: int
    modality: str
    price: Decimal
    currency: str


class PaymentWords(_Frozen):
    """A payment as a receipt states it; `reference` is ours."""

    reference: str
    course: str
    amount: Decimal
    currency: str
    refunded: Decimal = Decimal(0)
    paid_at: datetime | None = None
    refunded_at: datetime | None = None
    provider: str
