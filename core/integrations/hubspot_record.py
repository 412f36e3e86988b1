"""How a lead reads in HubSpot: properties of a contact and of a deal, by a mapping that is a data file.

Our own properties begin with `brenda_`. `brenda_lead_id` is unique on both objects: by it a contact is found again that
has told no e-mail address yet.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.domain.crm import CrmLead, CrmRecord
from core.domain.funnel import Stage
from core.errors import SettingsError

STAGES = Path(__file__).with_name("hubspot_stages.toml")
EXTERNAL_ID = "brenda_lead_id"
CONTACT_PROPERTIES: Mapping[str, str] = {
    EXTERNAL_ID: "Brenda: lead id",
    "brenda_stage": "Brenda: stage of the funnel",
    "brenda_course": "Brenda: course of interest",
    "brenda_source": "Brenda: where the chat began",
    "brenda_campaign": "Brenda: campaign",
}
"""Our properties of a contact, with the labels under which an operator sees them."""
DEAL_PROPERTIES: Mapping[str, str] = {
    EXTERNAL_ID: "Brenda: lead id",
    "brenda_currency": "Brenda: currency of the amount",
}
"""Our properties of a deal. HubSpot refuses currencies that the account has not set up, so ours stands in a text."""


@dataclass(frozen=True, slots=True)
class StageMapping:
    """Where a deal stands in HubSpot, by our stage. `begins`: the stages in which one is first made."""

    pipeline: str
    stages: Mapping[Stage, str]
    begins: frozenset[Stage]
    won: str


def read_stages(path: Path = STAGES) -> StageMapping:
    """The mapping.

    Raises:
        SettingsError: the file does not parse, or names a stage that there is not.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        mapping = StageMapping(
            pipeline=str(content["pipeline"]),
            stages={Stage(name): str(value) for name, value in content["stages"].items()},
            begins=frozenset(map(Stage, content["deal"]["begins"])),
            won=str(content["deal"]["won"]),
        )
        if unmapped := sorted(mapping.begins - mapping.stages.keys()):
            raise ValueError(f"a deal begins in {', '.join(unmapped)}, which is not under [stages]")
        return mapping
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        form = "pipeline, [stages] and [deal] with begins and won, by the names of our stages"
        raise SettingsError(f"{path.name}: should hold {form} ({error}).") from None


def record_of(lead: CrmLead, mapping: StageMapping, has_deal: bool) -> CrmRecord:
    """What HubSpot is told of a lead; `has_deal`: one was made before. What is not known is left out, never emptied."""
    external_id = str(lead.lead_id)
    contact = {
        EXTERNAL_ID: external_id,
        "firstname": lead.name,
        "email": lead.email,
        "hs_language": lead.language,
        "brenda_stage": lead.stage.value,
        "brenda_course": lead.course,
        "brenda_source": lead.source,
        "brenda_campaign": lead.campaign,
    }
    deal = _deal(lead, mapping) if has_deal or lead.stage in mapping.begins else None
    return CrmRecord(external_id=external_id, contact=_given(contact), deal=deal)


def _deal(lead: CrmLead, mapping: StageMapping) -> dict[str, str]:
    """The deal's name holds no person's: the contact beside it does, and it outlives the contact's erasure."""
    stage = mapping.won if lead.paid_at else mapping.stages.get(lead.stage)
    return _given(
        {
            EXTERNAL_ID: str(lead.lead_id),
            "dealname": f"{lead.course or 'Brenda'} · {str(lead.lead_id)[:8]}",
            "pipeline": mapping.pipeline,
            "dealstage": stage,
            "amount": str(lead.amount) if lead.amount is not None else None,
            "brenda_currency": lead.currency,
            "closedate": lead.paid_at.strftime("%Y-%m-%dT%H:%M:%SZ") if lead.paid_at else None,
        }
    )


def _given(properties: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in properties.items() if value}
