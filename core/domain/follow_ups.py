"""Follow-ups: what gives rise to one, and the schedule that admins edit in `prompts/follow_ups/schedule.toml`.

The schedule says when each is due, how late it may be, and how much is too much. What the law asks for and what no
person should suffer is not left to it: advertising needs its own consent and a way out, and nothing comes at night.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Trigger(StrEnum):
    """What gives rise to a follow-up."""

    ASKED = "asked"
    DEMO_BOOKED = "demo_booked"
    DEMO_TOMORROW = "demo_tomorrow"
    DEMO_SOON = "demo_soon"
    DEMO_MISSED = "demo_missed"
    RESOURCE_DOWNLOADED = "resource_downloaded"
    PRICE_ASKED = "price_asked"
    CHECKOUT_LEFT = "checkout_left"
    SILENCE = "silence"


ADVERTISING = frozenset({Trigger.RESOURCE_DOWNLOADED, Trigger.PRICE_ASKED, Trigger.CHECKOUT_LEFT, Trigger.SILENCE})
"""What nobody asked for: it needs consent to marketing whatever the schedule says."""
LEAVE = "marketing.no"
"""The action of the button that ends advertising."""

_LENGTH = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")


def _length(given: object) -> object:
    """ "2d", "20h", "1h 30m", "45m", "10s"; anything else is left to be refused."""
    found = _LENGTH.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None or not any(found.groups()):
        raise ValueError('should be a length of time such as "45m", "20h", "2d" or "1h 30m"')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if days > 365 or max(hours, minutes, seconds) > 100_000:
        raise ValueError("should be at most a year")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Length = Annotated[timedelta, BeforeValidator(_length)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quiet(_Strict):
    """The hours of a person's own clock at which nothing is sent: from one full hour to another over midnight.

    They always cover 23 to 7, and always leave the time from 12 to 18.
    """

    start: Annotated[int, Field(ge=18, le=23, alias="from")]
    end: Annotated[int, Field(ge=7, le=12, alias="until")]


class Cap(_Strict):
    """How many may be sent to one person in any 24 hours, and ever."""

    per_day: Annotated[int, Field(ge=1, le=20)]
    per_lead: Annotated[int, Field(ge=1, le=1000)]


class Caps(_Strict):
    """Advertising and service are counted apart: a reminder that somebody needs is not used up by a nudge."""

    marketing: Cap
    service: Cap


class Rule(_Strict):
    """When a trigger's follow-up is due (`after` what happened, or `before` what it is about) and what may stop it.

    `window`: how much later it may come so that it comes at a good hour. `expires`: how late it may be at all.
    `most`: how many of this trigger one person ever gets. `unless_answered`: not once the person wrote again.
    `quiet`: quiet hours of its own; only for what a person booked, and within the bounds of all quiet hours.
    """

    after: Length | None = None
    before: Length | None = None
    window: Length = timedelta()
    expires: Length
    marketing: bool
    unless_answered: bool
    most: Annotated[int, Field(ge=1, le=1000)]
    buttons: tuple[str, ...] = ()
    quiet: Quiet | None = None

    @model_validator(mode="after")
    def _sound(self) -> "Rule":
        if (self.after is None) == (self.before is None):
            raise ValueError("should have either after or before")
        if self.window > self.expires:
            raise ValueError("window should not be longer than expires")
        return self


class Schedule(_Strict):
    """The whole file. `refusal`: for how long after a no nothing is sent that needs consent to marketing."""

    quiet: Quiet
    caps: Caps
    refusal: Length
    triggers: Mapping[Trigger, Rule]

    @model_validator(mode="after")
    def _whole(self) -> "Schedule":
        lacking = [trigger.value for trigger in Trigger if trigger not in self.triggers]
        if lacking:
            raise ValueError(f"there is no rule for: {', '.join(lacking)}")
        return self

    def quiet_for(self, rule: Rule) -> Quiet:
        """The quiet hours that hold for a rule."""
        return rule.quiet or self.quiet

    def kinds(self, marketing: bool) -> list[str]:
        """The triggers that count towards the same cap."""
        return [trigger.value for trigger, rule in self.triggers.items() if rule.marketing is marketing]


def rule_faults(trigger: Trigger, rule: Rule) -> list[tuple[str, str]]:
    """What no rule may say, as (entry, what would be right)."""
    faults = []
    if trigger in ADVERTISING and not rule.marketing:
        faults.append(("marketing", "must be true: nobody asked for this message, so it needs consent to marketing"))
    if rule.marketing and LEAVE not in rule.buttons:
        faults.append(("buttons", f'must hold "{LEAVE}": whoever gets advertising must be able to end it'))
    if rule.marketing and rule.quiet:
        faults.append(("quiet", "must not be there: only what a person booked may come at hours that are quiet"))
    if trigger in (Trigger.DEMO_TOMORROW, Trigger.DEMO_SOON) and rule.before is None:
        faults.append(("after", "should be before: a reminder counts back from the start of the demo"))
    return faults


def schedule_of(entries: Mapping[str, Any]) -> Schedule:
    """The schedule of these entries. Raises pydantic's ValidationError."""
    return Schedule.model_validate(entries)
