"""What leaves for a service instead of a chat, and what can become of it.

A row of the outbox whose channel is a service holds one of these payloads. It names what is to be done and never the
state: who the person is, what they allowed and where they stand is read at the moment of sending.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ServiceChannel(StrEnum):
    """The channels of the outbox that are services."""

    EMAIL = "email"
    CRM = "crm"
    STARS = "stars"


class Letter(BaseModel):
    """An e-mail to write. `template` is a name below `prompts/email/`; `sequence` the series that it is a step of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    template: str
    variables: dict[str, Any] = {}
    sequence: str = ""


class CrmOrder(BaseModel):
    """What the CRM is to do: bring a lead up to date, or forget one. An erased lead is nothing but `external_id`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order: Literal["sync", "erase"]
    external_id: str = ""


class StarsOrder(BaseModel):
    """Telegram is to give a payment's Stars back to the user who paid the charge."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order: Literal["refund"] = "refund"
    payment: str
    user: str
    charge: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A claimed row. `content` is its payload as it is stored; `tries` counts the attempts that came to nothing."""

    id: int
    channel: ServiceChannel
    chat: str
    lead_id: UUID | None
    content: dict[str, Any]
    tries: int
    key: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The service has it. `external_id` is the service's name for it; `record` is kept with the row.

    `covered` are other rows that would have said the same.
    """

    external_id: str
    record: dict[str, Any]
    covered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """No service is configured: what would have been sent is kept, and never sent."""

    record: dict[str, Any]
    covered: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something speaks against sending it; `reason` is a code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not before `until`, for a `reason` that is nobody's fault."""

    until: datetime
    reason: str


Outcome = Sent | Recorded | Withheld | Postponed
