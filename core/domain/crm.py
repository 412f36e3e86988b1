"""What a CRM may know of a lead, and nothing more: who it is, which course, and where they stand."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from core.domain.funnel import Stage


class CrmLead(BaseModel):
    """A lead as the CRM is told of them. `amount` is what they paid, or else what the course costs them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lead_id: UUID
    name: str | None = None
    email: str | None = None
    language: str = "es"
    stage: Stage
    campaign: str | None = None
    source: str | None = None
    course: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    paid_at: datetime | None = None
    may_talk: bool = False
    """Whether they allowed to be talked with, which is what the CRM is for."""


class CrmKnown(BaseModel):
    """A lead's records in the CRM, as they were left. `deal_stage` is the one that we set last."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    contact_id: str
    deal_id: str | None = None
    deal_stage: str | None = None
    digest: str = ""


class CrmRecord(BaseModel):
    """What the CRM is told: properties of the contact and, from the stage on that makes one, of the deal."""

    model_config = ConfigDict(frozen=True)

    external_id: str
    contact: dict[str, str]
    deal: dict[str, str] | None = None
