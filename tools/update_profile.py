"""Keeps what the person told about themselves, field by field, as plain data.

The words are cleaned and cut, and are never an instruction to anybody. A field that is not given stays as it was.
"""

from pydantic import Field

from core.context import Context
from core.db import profiles
from core.domain.evidence import Fact, FactKind
from core.domain.plain_text import Line, email_address
from core.domain.tools import ToolResult
from core.domain.zones import known_zone
from tools.tool import Arguments, Tool


class UpdateProfileArguments(Arguments):
    """What was said; only what was said. Each is at most 200 characters."""

    occupation: Line | None = Field(default=None, description="Work or study, in the person's words")
    company: Line | None = Field(default=None, description="Where they work")
    country: Line | None = Field(default=None, description="Where they live")
    goal: Line | None = Field(default=None, description="What they want to reach")
    experience: Line | None = Field(default=None, description="What they know of the subject")
    budget: Line | None = Field(default=None, description="What they can spend")
    availability: Line | None = Field(default=None, description="When they have time")
    email: Line | None = Field(default=None, description="E-mail address")
    timezone: Line | None = Field(default=None, description="IANA time zone such as America/Bogota, if they said where")


async def update_profile(arguments: UpdateProfileArguments, context: Context) -> ToolResult:
    """The fields as they were stored. Missing: nothing_given, unknown_lead; bad_email, bad_timezone beside the rest."""
    given = {name: value for name, value in arguments.model_dump(exclude_none=True).items() if value}
    kept, missing = _checked(given)
    if not kept:
        return ToolResult(missing=missing or "nothing_given")
    fields = {name: value for name, value in kept.items() if name != "timezone"}
    async with context.pool.connection() as conn:
        if not await profiles.merge(conn, context.lead.id, fields, kept.get("timezone")):
            return ToolResult(missing="unknown_lead")
    return ToolResult(facts=tuple(_fact(context, name, value) for name, value in kept.items()), missing=missing)


def _checked(given: dict[str, str]) -> tuple[dict[str, str], str]:
    """What can be kept, and what was wrong with the first thing that cannot."""
    kept, missing = dict(given), ""
    if "timezone" in given and known_zone(given["timezone"]) is None:
        missing = "bad_timezone"
        del kept["timezone"]
    if "email" in given:
        address = email_address(given["email"])
        kept["email"] = address or ""
        missing = missing if address else "bad_email"
    return {name: value for name, value in kept.items() if value}, missing


def _fact(context: Context, name: str, value: str) -> Fact:
    return Fact(key=f"profile.{name}", kind=FactKind.TEXT, value=value, source=f"leads:{context.lead.id}")


UPDATE_PROFILE = Tool(name="update_profile", arguments=UpdateProfileArguments, run=update_profile)
