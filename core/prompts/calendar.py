"""A moment in words, on a person's own clock; names of days, months and places stand in `prompts/calendar.json`."""

import json
from dataclasses import dataclass
from datetime import datetime

from core.domain.zones import zone
from core.errors import PromptError
from core.prompts.prompt_set import PromptSet

CALENDAR = "calendar.json"


@dataclass(frozen=True, slots=True)
class SpokenMoment:
    """ "martes 24 de noviembre", "16:00", "hora de Bogotá"."""

    day: str
    hour: str
    zone: str


def spoken(prompts: PromptSet, moment: datetime, zone_name: str) -> SpokenMoment:
    """The moment on the clock of an IANA zone; the default one when there is no such zone.

    Raises:
        PromptError: `calendar.json` lacks something.
    """
    words = json.loads(prompts.text(CALENDAR))
    local = moment.astimezone(zone(zone_name))
    try:
        day = words["day"].format(
            weekday=words["weekdays"][local.weekday()], day=local.day, month=words["months"][local.month - 1]
        )
        place = words["zone"].format(place=words["zones"].get(str(local.tzinfo), place_of(str(local.tzinfo))))
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise PromptError(f"{CALENDAR}: {error!r} is missing or malformed.") from None
    return SpokenMoment(day, local.strftime("%H:%M"), place)


def zones(prompts: PromptSet) -> dict[str, str]:
    """The zones that a person can choose from: IANA name to place, in the file's order."""
    known: dict[str, str] = json.loads(prompts.text(CALENDAR))["zones"]
    return known


def place_of(zone_name: str) -> str:
    """A zone's place as its IANA name has it: "America/Punta_Arenas" is "Punta Arenas"."""
    return zone_name.rpartition("/")[2].replace("_", " ")
