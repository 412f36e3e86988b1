"""HubSpot through its official client, which blocks: each task runs in a thread, a few at a time, at HubSpot's pace.

A contact is looked for by the id that we know, by our own unique property and by its e-mail address, in this order, and
made only when none finds it; so whatever is repeated ends in the same records. Our properties are made once if they are
missing. Nothing is retried here: the outbox does that.
"""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import certifi
import urllib3
from hubspot import HubSpot as Client
from hubspot.crm import contacts, deals, properties

from core.domain.crm import CrmKnown, CrmRecord
from core.errors import ServiceRejectedError, ServiceUnavailableError
from core.integrations.hubspot_faults import existing_id, id_of, is_answer, status_of, translated
from core.integrations.hubspot_record import CONTACT_PROPERTIES, DEAL_PROPERTIES, EXTERNAL_ID

T = TypeVar("T")

MOST_AT_ONCE = 4
CALLS_PER_SECOND, CALLS_AT_ONCE = 8.0, 20
"""HubSpot allows a private app a hundred calls in ten seconds on its smallest plan: so many a second, and so many
without a pause after a rest."""
_TIMEOUT = (5.0, 15.0)
_DEAL_TO_CONTACT = 3
"""HubSpot's number of the ordinary association of a deal with a contact."""
_NO_RETRY = urllib3.Retry(total=0, redirect=0, raise_on_redirect=False)


@dataclass(slots=True)
class Pace:
    """Lets calls through, `at_once` without a pause and then one every `interval` seconds; the lock is a thread's.

    A rest gives the calls at once back, one every interval.
    """

    interval: float
    at_once: int
    _rested: float = -math.inf
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        """Return when a call may be made."""
        with self._lock:
            now = time.monotonic()
            start = self.place(now)
        time.sleep(start - now)

    def place(self, now: float) -> float:
        """When a call that is asked for now may be made; its place is then used up."""
        rested = max(now, self._rested)
        self._rested = rested + self.interval
        return max(now, self._rested - self.at_once * self.interval)


class HubSpot:
    """One account. `url` is the API's address; `calls_per_second` what all tasks together may ask in the long run."""

    def __init__(self, token: str, url: str, calls_per_second: float = CALLS_PER_SECOND) -> None:
        self._token, self._url = token, url.rstrip("/")
        self._pace = Pace(1.0 / calls_per_second, CALLS_AT_ONCE)
        self._threads = asyncio.Semaphore(MOST_AT_ONCE)
        self._prepared = False
        self._preparing = asyncio.Lock()

    async def upsert(self, record: CrmRecord, known: CrmKnown | None) -> CrmKnown:
        """Bring contact and deal up to date, and associate them; their ids.

        Raises:
            ServiceUnavailableError, ServiceRejectedError: some of it may have been done; all of it can be repeated.
        """
        await self._prepare()
        return await self._aside(lambda: self._upsert(record, known))

    async def forget(self, external_id: str) -> str:
        """Delete the contact with all that HubSpot keeps of it, and the deal; the contact's id, or "" for none.

        A deal that was won stays for the books, without the id that leads to the person.
        """
        await self._prepare()
        return await self._aside(lambda: self._forget(external_id))

    async def _aside(self, work: Callable[[], T]) -> T:
        async with self._threads:
            return await asyncio.to_thread(_translating(work))

    async def _prepare(self) -> None:
        async with self._preparing:
            if not self._prepared:
                await self._aside(self._make_properties)
                self._prepared = True

    @cached_property
    def _client(self) -> Client:
        return Client(access_token=self._token, host=self._url, retry=_NO_RETRY, ssl_ca_cert=certifi.where())

    @cached_property
    def _contacts(self) -> contacts.BasicApi:
        return self._client.crm.contacts.basic_api

    @cached_property
    def _deals(self) -> deals.BasicApi:
        return self._client.crm.deals.basic_api

    @cached_property
    def _associations(self) -> Any:
        return self._client.crm.associations.v4.basic_api

    @cached_property
    def _properties(self) -> properties.CoreApi:
        return self._client.crm.properties.core_api

    def _call(self, method: Callable[..., Any], *given: Any, **options: Any) -> Any:
        self._pace.wait()
        return method(*given, _request_timeout=_TIMEOUT, **options)

    def _find(self, api: Any, value: str, by: str | None = None) -> Any | None:
        """The object, or None."""
        options = {"id_property": by} if by else {}
        try:
            return self._call(api.get_by_id, value, properties=[EXTERNAL_ID], **options)
        except Exception as error:
            if is_answer(error) and status_of(error) == 404:
                return None
            raise

    def _upsert(self, record: CrmRecord, known: CrmKnown | None) -> CrmKnown:
        contact_id = self._contact(record, known)
        if record.deal is None:
            return CrmKnown(contact_id=contact_id)
        deal_id = self._deal(record.external_id, record.deal, contact_id, known)
        stage = record.deal.get("dealstage") or (known.deal_stage if known else None)
        return CrmKnown(contact_id=contact_id, deal_id=deal_id, deal_stage=stage)

    def _contact(self, record: CrmRecord, known: CrmKnown | None) -> str:
        found = self._find(self._contacts, known.contact_id) if known else None
        found = found or self._find(self._contacts, record.external_id, EXTERNAL_ID)
        if found is None and "email" in record.contact:
            found = self._find(self._contacts, record.contact["email"], "email")
        if found is not None:
            return self._update_contact(id_of(found), record.contact)
        return self._create_contact(record.contact)

    def _create_contact(self, given: dict[str, str]) -> str:
        new = contacts.SimplePublicObjectInputForCreate(properties=given, associations=[])
        try:
            return id_of(self._call(self._contacts.create, new))
        except Exception as error:
            if is_answer(error) and status_of(error) == 409 and (other := existing_id(error)):
                return self._update_contact(other, given)
            raise

    def _update_contact(self, contact_id: str, given: dict[str, str]) -> str:
        change = contacts.SimplePublicObjectInput(properties=given)
        try:
            return id_of(self._call(self._contacts.update, contact_id, change))
        except Exception as error:
            other = existing_id(error) if is_answer(error) and status_of(error) == 409 else None
            if other is None or other == contact_id:
                raise
        # The address is another contact's, who is thereby the same person.
        merge = contacts.PublicMergeInput(primary_object_id=other, object_id_to_merge=contact_id)
        merged = id_of(self._call(self._contacts.merge, merge))
        return id_of(self._call(self._contacts.update, merged, change))

    def _deal(self, external_id: str, given: dict[str, str], contact_id: str, known: CrmKnown | None) -> str:
        """A deal that somebody moved by hand stays there until our own stage changes."""
        found = self._find(self._deals, known.deal_id) if known and known.deal_id else None
        found = found or self._find(self._deals, external_id, EXTERNAL_ID)
        if found is None:
            return self._create_deal(given, contact_id)
        stage = given.get("dealstage")
        same = stage is None or (known is not None and known.deal_stage == stage)
        changed = {name: value for name, value in given.items() if not (same and name in ("dealstage", "pipeline"))}
        deal_id = id_of(self._call(self._deals.update, id_of(found), deals.SimplePublicObjectInput(properties=changed)))
        if known is None or (known.contact_id, known.deal_id) != (contact_id, deal_id):
            self._call(self._associations.create_default, "deals", deal_id, "contacts", contact_id)
        return deal_id

    def _create_deal(self, given: dict[str, str], contact_id: str) -> str:
        kind = deals.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=_DEAL_TO_CONTACT)
        to_contact = deals.PublicAssociationsForObject(to=deals.PublicObjectId(id=contact_id), types=[kind])
        new = deals.SimplePublicObjectInputForCreate(properties=given, associations=[to_contact])
        return id_of(self._call(self._deals.create, new))

    def _forget(self, external_id: str) -> str:
        deal = self._find(self._deals, external_id, EXTERNAL_ID)
        if deal is not None:
            self._forget_deal(id_of(deal))
        contact = self._find(self._contacts, external_id, EXTERNAL_ID)
        if contact is None:
            return ""
        self._call(self._contacts.purge, contacts.PublicGdprDeleteInput(object_id=id_of(contact)))
        return id_of(contact)

    def _forget_deal(self, deal_id: str) -> None:
        found = self._call(self._deals.get_by_id, deal_id, properties=["hs_is_closed_won"])
        if str(found.properties.get("hs_is_closed_won")).lower() != "true":
            self._call(self._deals.archive, deal_id)
            return
        nameless = deals.SimplePublicObjectInput(properties={EXTERNAL_ID: "", "dealname": "Brenda"})
        self._call(self._deals.update, deal_id, nameless)

    def _make_properties(self) -> None:
        groups = (("contacts", "contactinformation", CONTACT_PROPERTIES), ("deals", "dealinformation", DEAL_PROPERTIES))
        for object_type, group, wanted in groups:
            for name, label in wanted.items():
                self._make_property(object_type, group, name, label)

    def _make_property(self, object_type: str, group: str, name: str, label: str) -> None:
        try:
            there = self._call(self._properties.get_by_name, object_type, name)
        except Exception as error:
            if not is_answer(error) or status_of(error) != 404:
                raise
        else:
            if there.name != name:
                raise ServiceUnavailableError("HubSpot answered with no property.")
            if name == EXTERNAL_ID and not there.has_unique_value:
                raise ServiceRejectedError(
                    f"HubSpot: the property {name} of {object_type} is there but not unique; delete it, "
                    "and it is made as it should be.",
                    lasting=True,
                )
            return
        new = properties.PropertyCreate(
            name=name,
            label=label,
            group_name=group,
            type="string",
            field_type="text",
            has_unique_value=name == EXTERNAL_ID,
        )
        try:
            self._call(self._properties.create, object_type, new)
        except Exception as error:
            if not is_answer(error) or status_of(error) != 409:
                raise


def _translating(work: Callable[[], T]) -> Callable[[], T]:
    def run() -> T:
        with translated():
            return work()

    return run
