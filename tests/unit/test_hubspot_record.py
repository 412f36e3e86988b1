"""How a lead reads in HubSpot, and the mapping as an operator edits it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.crm import CrmLead
from core.domain.funnel import Stage
from core.errors import SettingsError
from core.integrations.hubspot_record import (
    CONTACT_PROPERTIES,
    DEAL_PROPERTIES,
    STAGES,
    StageMapping,
    read_stages,
    record_of,
)

LEAD = UUID(int=7)
STANDARD = {
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
    "closedwon",
    "closedlost",
}
"""The stages of the pipeline that every HubSpot account begins with."""
OURS = {"email", "firstname", "hs_language", "dealname", "pipeline", "dealstage", "amount", "closedate"}
words = st.none() | st.text(max_size=20)
leads = st.builds(
    CrmLead,
    lead_id=st.uuids(),
    name=words,
    email=words,
    stage=st.sampled_from(Stage),
    campaign=words,
    source=words,
    course=words,
    amount=st.none() | st.decimals("0.01", "9999", places=2),
    currency=st.none() | st.just("USD"),
    paid_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(leads, st.booleans())
def test_only_the_minimal_properties_are_told_and_none_is_emptied(lead: CrmLead, has_deal: bool) -> None:
    record = record_of(lead, read_stages(), has_deal)
    told = record.contact | (record.deal or {})
    assert told.keys() <= OURS | CONTACT_PROPERTIES.keys() | DEAL_PROPERTIES.keys()
    assert all(told.values())
    assert record.contact["brenda_lead_id"] == record.external_id == str(lead.lead_id)


@given(leads, st.booleans())
def test_a_deal_names_no_person_and_stands_where_it_can(lead: CrmLead, has_deal: bool) -> None:
    mapping = read_stages()
    deal = record_of(lead, mapping, has_deal).deal
    assert (deal is not None) == (has_deal or lead.stage in mapping.begins)
    if deal is None:
        return
    assert deal["dealname"] == f"{lead.course or 'Brenda'} · {str(lead.lead_id)[:8]}"
    assert deal.get("dealstage", "closedwon") in STANDARD
    assert has_deal or "dealstage" in deal, "HubSpot makes no deal without a stage"
    assert lead.paid_at is None or deal["dealstage"] == "closedwon"


def test_a_hand_off_leaves_the_deal_where_it_is() -> None:
    deal = record_of(CrmLead(lead_id=LEAD, stage=Stage.HANDOFF), read_stages(), has_deal=True).deal
    assert deal is not None
    assert "dealstage" not in deal


def test_a_paid_lead_reads_as_it_should() -> None:
    paid = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    lead = CrmLead(
        lead_id=LEAD, stage=Stage.CUSTOMER, course="Curso", amount=Decimal("249.00"), currency="USD", paid_at=paid
    )
    assert record_of(lead, read_stages(), has_deal=False).deal == {
        "brenda_lead_id": str(LEAD),
        "dealname": "Curso · 00000000",
        "pipeline": "default",
        "dealstage": "closedwon",
        "amount": "249.00",
        "brenda_currency": "USD",
        "closedate": "2026-11-22T10:30:00Z",
    }


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[stages]", "[stages", "hubspot_stages.toml"),
        ("demo = ", "lobby = ", "lobby"),
        ('pipeline = "default"', "", "pipeline"),
        ('begins = ["conversation", ', 'begins = ["handoff", ', "begins in handoff"),
        ('won = "closedwon"', "", "won"),
    ],
)
def test_a_mapping_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = STAGES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "hubspot_stages.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        read_stages(path)


def test_a_pipeline_of_ones_own_is_used(tmp_path: Path) -> None:
    path = tmp_path / "hubspot_stages.toml"
    text = STAGES.read_text(encoding="utf-8").replace('"default"', '"7654"').replace('"qualifiedtobuy"', '"1111"')
    path.write_text(text, encoding="utf-8")
    mapping: StageMapping = read_stages(path)
    deal = record_of(CrmLead(lead_id=LEAD, stage=Stage.CONVERSATION), mapping, has_deal=False).deal
    assert deal is not None
    assert (deal["pipeline"], deal["dealstage"]) == ("7654", "1111")
