"""The official client against a server that keeps records as HubSpot does: what ends where, what each failure is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.crm import CrmKnown, CrmRecord
from core.errors import ServiceRejectedError, ServiceUnavailableError
from core.integrations.hubspot import CALLS_AT_ONCE, CALLS_PER_SECOND, HubSpot, Pace
from tests.fakes.hubspot_server import TOKEN, FakeHubSpot, Trouble, broken, limited

LEAD = "6b6f0c0e-0000-4000-8000-000000000001"
OTHER = "6b6f0c0e-0000-4000-8000-000000000002"


@pytest.fixture
async def fake() -> AsyncIterator[FakeHubSpot]:
    async with FakeHubSpot() as server:
        yield server


def account(fake: FakeHubSpot, token: str = TOKEN) -> HubSpot:
    return HubSpot(token, fake.url, calls_per_second=1000)


def record(lead: str = LEAD, deal: dict[str, str] | None = None, **contact: str) -> CrmRecord:
    given = {"brenda_lead_id": lead, "brenda_stage": "demo", "firstname": "Ana", **contact}
    return CrmRecord(external_id=lead, contact=given, deal={"brenda_lead_id": lead, **deal} if deal else None)


DEAL = {"dealname": "Curso", "pipeline": "default", "dealstage": "qualifiedtobuy", "amount": "249.00"}


async def test_a_lead_becomes_one_contact_with_one_deal_however_often_it_is_told(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    first = await hubspot.upsert(record(deal=DEAL, email="ana@correo.example"), None)
    again = await hubspot.upsert(record(deal=DEAL, email="ana@correo.example"), None)
    third = await hubspot.upsert(record(deal=DEAL, email="ana@correo.example"), first)
    assert first == again == third
    assert list(fake.contacts) == [first.contact_id]
    assert list(fake.deals) == [first.deal_id]
    assert fake.associations == {(first.deal_id, first.contact_id)}
    assert fake.contacts[first.contact_id]["email"] == "ana@correo.example"
    assert fake.deals[str(first.deal_id)]["dealstage"] == "qualifiedtobuy"


async def test_our_properties_are_made_once_and_the_key_is_unique(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    await hubspot.upsert(record(), None)
    made = [call for call in fake.calls if call.startswith("POST /crm/v3/properties/")]
    assert len(made) == 7
    assert fake.properties["contacts"]["brenda_lead_id"]["hasUniqueValue"] is True
    assert fake.properties["contacts"]["brenda_stage"]["hasUniqueValue"] is False
    fake.calls.clear()
    await hubspot.upsert(record(OTHER), None)
    await account(fake).upsert(record(OTHER), None)
    assert not [call for call in fake.calls if call.startswith("POST /crm/v3/properties/")]


async def test_a_key_that_is_not_unique_is_named_and_stops_everything(fake: FakeHubSpot) -> None:
    fake.properties["contacts"]["brenda_lead_id"] = {"name": "brenda_lead_id", "hasUniqueValue": False, "options": []}
    with pytest.raises(ServiceRejectedError, match="brenda_lead_id of contacts is there but not unique") as raised:
        await account(fake).upsert(record(), None)
    assert raised.value.lasting
    assert fake.contacts == {}


async def test_a_contact_that_was_there_is_found_by_its_address_and_keeps_what_it_had(fake: FakeHubSpot) -> None:
    there = fake.add_contact(email="ana@correo.example", lifecyclestage="subscriber")
    known = await account(fake).upsert(record(email="ana@correo.example"), None)
    assert known.contact_id == there
    assert fake.contacts[there]["lifecyclestage"] == "subscriber"
    assert fake.contacts[there]["brenda_lead_id"] == LEAD


async def test_an_address_that_turns_out_to_be_another_contacts_makes_them_one(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    nameless = await hubspot.upsert(record(deal=DEAL), None)
    newsletter = fake.add_contact(email="ana@correo.example", lifecyclestage="subscriber")
    known = await hubspot.upsert(record(deal=DEAL, email="ana@correo.example"), nameless)
    assert known.contact_id == newsletter
    assert list(fake.contacts) == [newsletter]
    assert fake.contacts[newsletter]["lifecyclestage"] == "subscriber"
    assert (known.deal_id, newsletter) in fake.associations


async def test_a_contact_that_was_deleted_by_hand_is_made_anew(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    first = await hubspot.upsert(record(deal=DEAL), None)
    fake.contacts.clear()
    fake.deals.clear()
    second = await hubspot.upsert(record(deal=DEAL), first)
    assert second.contact_id != first.contact_id
    assert fake.associations >= {(second.deal_id, second.contact_id)}


async def test_a_deal_that_was_moved_by_hand_stays_until_our_stage_changes(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    known = await hubspot.upsert(record(deal=DEAL), None)
    fake.deals[str(known.deal_id)]["dealstage"] = "contractsent"
    known = await hubspot.upsert(record(deal={**DEAL, "amount": "199.00"}), known)
    assert (
        fake.deals[str(known.deal_id)] | {"dealstage": "contractsent", "amount": "199.00"}
        == fake.deals[str(known.deal_id)]
    )
    without = {name: value for name, value in DEAL.items() if name != "dealstage"}
    known = await hubspot.upsert(record(deal=without), known)
    assert (known.deal_stage, fake.deals[str(known.deal_id)]["dealstage"]) == ("qualifiedtobuy", "contractsent")
    await hubspot.upsert(record(deal={**DEAL, "dealstage": "closedwon"}), known)
    assert fake.deals[str(known.deal_id)]["dealstage"] == "closedwon"


async def test_the_forgotten_are_gone_and_a_won_deal_loses_only_its_person(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    open_deal = await hubspot.upsert(record(deal=DEAL, email="ana@correo.example"), None)
    won = await hubspot.upsert(record(OTHER, deal=DEAL, email="luis@correo.example"), None)
    fake.deals[str(won.deal_id)]["hs_is_closed_won"] = "true"
    assert await hubspot.forget(LEAD) == open_deal.contact_id
    assert await hubspot.forget(OTHER) == won.contact_id
    assert await hubspot.forget(LEAD) == ""
    assert fake.contacts == {}
    assert fake.purged == [open_deal.contact_id, won.contact_id]
    assert fake.deals == {
        str(won.deal_id): {**DEAL, "dealname": "Brenda", "brenda_lead_id": "", "hs_is_closed_won": "true"}
    }


@pytest.mark.parametrize(
    ("trouble", "asked"),
    [
        (limited(), 10.0),
        (limited(retry_after="7"), 7.0),
        (limited("DAILY"), 3600.0),
        (limited("SECONDLY"), 1.0),
        (broken(502), None),
        (broken(503), None),
        (Trouble(477, b"{}", {"Retry-After": "30"}), 30.0),
        (Trouble(drop=True), None),
        (Trouble(200, b"not json at all", {"Content-Type": "application/json"}), None),
        (Trouble(200, b"[1, 2]", {"Content-Type": "application/json"}), None),
    ],
)
async def test_an_outage_is_told_from_a_refusal_and_says_how_long(
    fake: FakeHubSpot, trouble: Trouble, asked: float | None
) -> None:
    hubspot = account(fake)
    await hubspot.upsert(record(), None)
    fake.troubles = [trouble]
    with pytest.raises(ServiceUnavailableError) as raised:
        await hubspot.upsert(record(), None)
    assert raised.value.retry_after == asked
    await hubspot.upsert(record(), None)
    assert len(fake.contacts) == 1


async def test_a_call_whose_answer_was_lost_is_repeated_without_a_second_record(fake: FakeHubSpot) -> None:
    hubspot = account(fake)
    await hubspot.upsert(record(OTHER), None)
    fake.troubles = [None, None, Trouble(drop=True, after=True)]
    with pytest.raises(ServiceUnavailableError):
        await hubspot.upsert(record(email="ana@correo.example"), None)
    assert len(fake.contacts) == 2
    await hubspot.upsert(record(email="ana@correo.example"), None)
    assert len(fake.contacts) == 2


@pytest.mark.parametrize(
    ("token", "trouble", "lasting", "says"),
    [
        ("other", None, True, "check HUBSPOT_TOKEN"),
        (TOKEN, Trouble(403, b'{"category": "MISSING_SCOPES", "message": "x"}'), True, "scopes"),
        (TOKEN, Trouble(400, b'{"category": "VALIDATION_ERROR", "message": "bad"}'), False, "VALIDATION_ERROR"),
        (TOKEN, Trouble(301, b"", {"Location": "http://127.0.0.1:1/"}), True, "check HUBSPOT_API_URL"),
        (TOKEN, Trouble(400, b"nonsense"), False, "HTTP 400"),
    ],
)
async def test_a_refusal_says_what_to_do(
    fake: FakeHubSpot, token: str, trouble: Trouble | None, lasting: bool, says: str
) -> None:
    fake.troubles = [trouble]
    with pytest.raises(ServiceRejectedError, match=says) as raised:
        await account(fake, token).upsert(record(), None)
    assert raised.value.lasting is lasting


async def test_what_a_refusal_quotes_is_blanked(fake: FakeHubSpot) -> None:
    with pytest.raises(ServiceRejectedError) as raised:
        await account(fake).upsert(record(email="ana@secret.example1"), None)
    assert "VALIDATION_ERROR" in str(raised.value)
    assert "ana@" not in str(raised.value)


async def test_nobody_there_is_an_outage() -> None:
    async with FakeHubSpot() as fake:
        url = fake.url
    with pytest.raises(ServiceUnavailableError):
        await HubSpot(TOKEN, url).upsert(record(), None)


async def test_many_leads_at_once_end_in_as_many_contacts(fake: FakeHubSpot) -> None:
    import asyncio

    hubspot = account(fake)
    leads = [f"6b6f0c0e-0000-4000-8000-{number:012d}" for number in range(20)]
    known: list[Any] = await asyncio.gather(*(hubspot.upsert(record(lead, deal=DEAL), None) for lead in leads))
    assert len(fake.contacts) == len(fake.deals) == 20
    assert len([call for call in fake.calls if call.startswith("POST /crm/v3/properties/")]) == 7
    assert all(isinstance(each, CrmKnown) for each in known)


@given(st.lists(st.one_of(st.just(0.0), st.floats(0, 15)), max_size=300))
def test_no_ten_seconds_hold_more_than_a_hundred_calls(rests: list[float]) -> None:
    pace, now, places = Pace(1 / CALLS_PER_SECOND, CALLS_AT_ONCE), 1_000.0, []
    for rest in rests:
        now += rest
        places.append(pace.place(now))
        assert places[-1] >= now
    assert places == sorted(places)
    assert all(later - earlier > 9.999 for earlier, later in zip(places, places[100:], strict=False))


def test_a_few_calls_wait_for_nothing_and_many_for_each_other() -> None:
    pace = Pace(1 / CALLS_PER_SECOND, CALLS_AT_ONCE)
    places = [pace.place(50.0) for _ in range(CALLS_AT_ONCE + 8)]
    assert places[:CALLS_AT_ONCE] == [50.0] * CALLS_AT_ONCE
    assert places[-1] == pytest.approx(51.0)
    assert pace.place(90.0) == 90.0
