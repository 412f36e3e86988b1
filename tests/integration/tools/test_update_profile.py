from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from core.db.pool import Pool
from core.domain.people import Profile
from tests.deals import HOSTILE, NOW, rows, same_at_once, same_each_time
from tests.worlds import make_context, valued
from tools.update_profile import UPDATE_PROFILE, UpdateProfileArguments


async def _profile(pool: Pool) -> dict[str, Any]:
    [row] = await rows(pool, "leads")
    profile: dict[str, Any] = row["profile"]
    return profile


async def test_what_is_told_joins_what_is_known(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW, profile=Profile(goal="aprender", company="Acme"))
    arguments = UpdateProfileArguments(company=" Nueva\tS.A. ", email="Ana@Correo.mx", goal="", country=None)
    result = await same_each_time(UPDATE_PROFILE, arguments, context)
    assert valued(result) == {"profile.company": ["Nueva S.A."], "profile.email": ["ana@correo.mx"]}
    assert {fact.source for fact in result.facts} == {f"leads:{context.lead.id}"}
    assert await _profile(empty_database) == {"goal": "aprender", "company": "Nueva S.A.", "email": "ana@correo.mx"}


async def test_every_field_of_a_profile_can_be_told(empty_database: Pool) -> None:
    assert set(UpdateProfileArguments.model_fields) == {*Profile.model_fields, "timezone"}
    told = {name: "a@b.co" if name == "email" else f"mi {name}" for name in Profile.model_fields}
    await same_at_once(UPDATE_PROFILE, UpdateProfileArguments(**told), await make_context(empty_database, now=NOW))
    assert Profile.model_validate(await _profile(empty_database)) == Profile(**told)


async def test_a_time_zone_is_kept_with_the_lead(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW)
    result = await UPDATE_PROFILE.run(UpdateProfileArguments(timezone="America/Bogota"), context)
    assert valued(result) == {"profile.timezone": ["America/Bogota"]}
    [row] = await rows(empty_database, "leads")
    assert (row["timezone"], row["profile"]) == ("America/Bogota", {})


@pytest.mark.parametrize(
    ("told", "missing"),
    [({"email": "ana arroba correo"}, "bad_email"), ({"timezone": "../../etc/passwd"}, "bad_timezone")],
)
async def test_what_is_wrong_is_named_and_the_rest_is_kept(
    empty_database: Pool, told: dict[str, str], missing: str
) -> None:
    context = await make_context(empty_database, now=NOW)
    alone = await UPDATE_PROFILE.run(UpdateProfileArguments(**told), context)
    assert (alone.missing, alone.facts) == (missing, ())
    beside = await UPDATE_PROFILE.run(UpdateProfileArguments(goal="aprender", **told), context)
    assert (beside.missing, valued(beside)) == (missing, {"profile.goal": ["aprender"]})
    assert await _profile(empty_database) == {"goal": "aprender"}


@pytest.mark.parametrize("told", [{}, {"goal": ""}, {"goal": " \u200b\x00 "}])
async def test_nothing_told_changes_nothing(empty_database: Pool, told: dict[str, str]) -> None:
    context = await make_context(empty_database, now=NOW, profile=Profile(goal="aprender"))
    assert (await UPDATE_PROFILE.run(UpdateProfileArguments(**told), context)).missing == "nothing_given"
    assert await _profile(empty_database) == {"goal": "aprender"}


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_only_data(empty_database: Pool, text: str) -> None:
    context = await make_context(empty_database, now=NOW, profile=Profile(company="Acme"))
    arguments = UpdateProfileArguments(goal=text, occupation="maestra")
    result = await same_each_time(UPDATE_PROFILE, arguments, context)
    kept = await _profile(empty_database)
    assert kept["company"] == "Acme"
    assert valued(result)["profile.occupation"] == ["maestra"]
    assert valued(result).get("profile.goal", [None])[0] == kept.get("goal")
    assert len(kept.get("goal", "")) <= 200


@pytest.mark.parametrize("told", [{"stage": "customer"}, {"goal": ["a"]}, {"goal": {"a": 1}}, {"goal": True}])
def test_what_is_no_field_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UpdateProfileArguments.model_validate(told)


async def test_a_lead_who_is_gone_is_not_written_to(empty_database: Pool) -> None:
    context = await make_context(empty_database, now=NOW)
    gone = replace(context, lead=context.lead.model_copy(update={"id": UUID(int=7)}))
    assert (await UPDATE_PROFILE.run(UpdateProfileArguments(goal="aprender"), gone)).missing == "unknown_lead"
