"""The world of a scenario: what is true outside the chat when it begins. How it gets into the database: `scenery`."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from evals.durations import Moment
from evals.strict import Strict

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
"""A Monday, nine in the morning in Mexico City. The template's sample rows are dated from this moment."""

Values = dict[str, Any]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{3,60}$")]


class OfferRow(Strict):
    """An offer of a course. `paid` places were sold to others, `held` ones others have reserved."""

    course: Slug
    kind: Literal["discount", "bonus"]
    name: str
    description: str = ""
    percent_off: Annotated[float, Field(gt=0, lt=100)] | None = None
    bonus: str | None = None
    bonus_value: Annotated[float, Field(ge=0)] | None = None
    starts: Moment = "-1 day"
    ends: Moment = "7 days"
    max_claims: Annotated[int, Field(gt=0)] | None = None
    approved: bool = True
    paid: Annotated[int, Field(ge=0)] = 0
    held: Annotated[int, Field(ge=0)] = 0


class AdvisorRow(Strict):
    """Somebody who can be called; `also` holds columns of `advisors` beside these."""

    name: str = "Asesora de muestra"
    chat: str = "consola:asesora"
    active: bool = True
    also: Values = Field(default_factory=dict)


class Rows(Strict):
    """A row to add. The column `course` stands for `course_id` and takes a slug."""

    table: str
    values: Values


class Change(Strict):
    """Columns to set in the rows that have these values; in all rows without `where`."""

    table: str
    where: Values = Field(default_factory=dict)
    set: Values


class Removal(Strict):
    """Rows to take away; all of the table without `where`."""

    table: str
    where: Values = Field(default_factory=dict)


class TunedSettings(Strict):
    """The settings that a scenario may set, within their own bounds; what is left out is the default."""

    link_hours: Annotated[int | None, Field(gt=0, le=24 * 30)] = None
    handoff_minutes: Annotated[int | None, Field(gt=0)] = None
    prompt_budget_chars: Annotated[int | None, Field(ge=20_000)] = None
    exploration_floor: Annotated[float | None, Field(gt=0, le=0.2)] = None
    turn_deadline_seconds: Annotated[float | None, Field(gt=0)] = None
    payment_provider: Literal["sandbox", "stars"] | None = None


class World(Strict):
    """`offers` and `advisors`: left out, the sample's; a list replaces all of them, and `[]` leaves none."""

    now: AwareDatetime = NOW
    arm: Literal["control", "aggressive", "consultative"] | None = None
    offers: tuple[OfferRow, ...] | None = None
    advisors: tuple[AdvisorRow, ...] | None = None
    lead: Values = Field(default_factory=dict)
    settings: TunedSettings = TunedSettings()
    change: tuple[Change, ...] = ()
    rows: tuple[Rows, ...] = ()
    remove: tuple[Removal, ...] = ()

    @property
    def touches_catalog(self) -> bool:
        """Whether anything but the lead's own row differs from the sample world."""
        replaced = self.offers is not None or self.advisors is not None
        return bool(replaced or self.arm or self.change or self.rows or self.remove)
