"""The CRM's desk: what an order in the outbox asks for is computed from the database and told to HubSpot.

A lead is told of as they are now, whatever the row was written for; rows of the same lead that wait are thereby done
too. What reads the same as last time is not told again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError

from core.db import crm, dispatches
from core.db.pool import Pool
from core.domain.clock import Clock
from core.domain.crm import CrmKnown, CrmLead, CrmRecord
from core.domain.dispatches import CrmOrder, Dispatch, Outcome, Recorded, Sent, ServiceChannel, Withheld
from core.errors import ServiceRejectedError
from core.integrations.hubspot_record import StageMapping, record_of


class Crm(Protocol):
    """What is asked of a CRM (`core/integrations/hubspot.py`)."""

    async def upsert(self, record: CrmRecord, known: CrmKnown | None) -> CrmKnown:
        """Bring a lead's records up to date."""

    async def forget(self, external_id: str) -> str:
        """Delete what there is of a lead."""


@dataclass(frozen=True, slots=True)
class CrmDesk:
    """`crm` is None when none is configured: what would be told is then recorded."""

    pool: Pool
    crm: Crm | None
    mapping: StageMapping
    clock: Clock
    channel: ServiceChannel = ServiceChannel.CRM

    async def carry_out(self, dispatch: Dispatch) -> Outcome:
        """Do what the row asks for.

        Raises:
            ServiceUnavailableError, ServiceRejectedError: it was not done.
        """
        try:
            order = CrmOrder.model_validate(dispatch.content)
        except ValidationError:
            raise ServiceRejectedError("The row holds no order to the CRM.") from None
        if order.order == "erase":
            return await self._erase(order)
        async with self.pool.connection() as conn:
            waiting = await dispatches.waiting_syncs(conn, dispatch.chat)
        if dispatch.lead_id is None:
            return Withheld("gone")
        return await self.tell(dispatch.lead_id, covered=waiting)

    async def look(self, lead_id: UUID) -> "Prepared | Withheld":
        """What the CRM would be told of a lead now."""
        async with self.pool.connection() as conn:
            found = await crm.state(conn, lead_id)
        if found is None:
            return Withheld("gone")
        lead, known = found
        if not may_be_told(lead, known):
            return Withheld("no_consent")
        return Prepared(record_of(lead, self.mapping, known is not None and known.deal_id is not None), known)

    async def tell(self, lead_id: UUID, covered: tuple[int, ...] = (), again: bool = False) -> Outcome:
        """Tell the CRM of a lead as they are now; `again`: also what it was told before."""
        prepared = await self.look(lead_id)
        if isinstance(prepared, Withheld):
            return prepared
        told: dict[str, Any] = {"told": prepared.record.model_dump(exclude_none=True)}
        if self.crm is None:
            return Recorded(told, covered)
        if prepared.known is not None and not prepared.is_news and not again:
            return Sent(prepared.known.contact_id, {"unchanged": True}, covered)
        fresh = await self.crm.upsert(prepared.record, prepared.known)
        digest = digest_of(prepared.record)
        async with self.pool.connection() as conn:
            await crm.save(conn, lead_id, fresh.model_copy(update={"digest": digest}), self.clock())
        return Sent(fresh.contact_id, told, covered)

    async def _erase(self, order: CrmOrder) -> Outcome:
        if self.crm is None:
            return Recorded({})
        return Sent(await self.crm.forget(order.external_id) or "none", {})


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the CRM is to be told, and what it knows."""

    record: CrmRecord
    known: CrmKnown | None

    @property
    def is_news(self) -> bool:
        """Whether it was not told just this last time."""
        return self.known is None or self.known.digest != digest_of(self.record)


def may_be_told(lead: CrmLead, known: CrmKnown | None) -> bool:
    """Only who allowed to be talked with; and of who is known already, that they took it back."""
    return lead.may_talk or known is not None


def digest_of(record: CrmRecord) -> str:
    """A fingerprint of what is told; of a lead who was told, no words are kept beside it."""
    content: Mapping[str, Any] = record.model_dump(mode="json")
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
