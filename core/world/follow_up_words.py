"""What a follow-up says: a wording of its trigger's template, fitted to the person, with its buttons.

Nothing is claimed but what rows tell: the name, the course, the moment of the demo on the person's clock, and what the
person themselves asked, objected and felt when they last wrote.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.domain.follow_ups import Rule
from core.domain.messages import Button, Outgoing
from core.domain.people import Lead
from core.domain.promises import FollowUp
from core.prompts.calendar import spoken
from core.prompts.prompt_set import PromptSet
from core.world.zone_of import Place

CALL = "open.call"
"""The button that leads to where the demo is."""


@dataclass(frozen=True, slots=True)
class Mood:
    """What the last messages meant: a topic, an objection and an emotion, each empty when there was none."""

    topic: str = ""
    objection: str = ""
    emotion: str = ""


def mood_of(readings: Sequence[dict[str, Any]]) -> Mood:
    """From readings without their defaults, the newest first: the last topic and objection, and the present emotion."""
    return Mood(
        topic=next((reading["topics"][0] for reading in readings if reading.get("topics")), ""),
        objection=next(
            (reading["objection"] for reading in readings if reading.get("objection", "none") != "none"), ""
        ),
        emotion=readings[0].get("emotion", "") if readings else "",
    )


def words(
    prompts: PromptSet,
    follow_up: FollowUp,
    rule: Rule,
    lead: Lead,
    *,
    course_name: str,
    mood: Mood,
    place: Place,
    venue: str,
    now: datetime,
) -> Outgoing:
    """The message. The same follow-up is always worded the same. `venue`: where the demo is, as words or a link."""
    variables = {
        "name": lead.name or "",
        "course_name": course_name,
        "note": follow_up.note,
        "stage": lead.stage.value,
        "topic": mood.topic,
        "objection": mood.objection,
        "emotion": mood.emotion,
        "when": when(prompts, follow_up.about_at, place, now) if follow_up.about_at else None,
        "venue": "" if _is_link(venue) else venue,
    }
    wordings = prompts.variants(f"follow_ups/{follow_up.kind}", **variables)
    text = wordings[_number(follow_up) % len(wordings)]
    return Outgoing(text=text, buttons=_buttons(prompts, rule, venue))


def when(prompts: PromptSet, moment: datetime, place: Place, now: datetime) -> dict[str, Any]:
    """A moment on the person's clock, in the calendar's words: day, hour and zone, and whether it is a near day."""
    clock, told = ZoneInfo(place.zone), spoken(prompts, moment, place.zone)
    days = (moment.astimezone(clock).date() - now.astimezone(clock).date()).days
    return {"day": told.day, "hour": told.hour, "zone": told.zone, "is_today": days == 0, "is_tomorrow": days == 1}


def _buttons(prompts: PromptSet, rule: Rule, venue: str) -> tuple[Button, ...]:
    labels: dict[str, str] = json.loads(prompts.text("buttons.json"))
    call = (Button(label=labels.get(CALL, venue), url=venue),) if _is_link(venue) else ()
    return (*call, *(Button(label=labels.get(action, action), action=action) for action in rule.buttons))


def _is_link(venue: str) -> bool:
    return venue.startswith("https://")


def _number(follow_up: FollowUp) -> int:
    return int.from_bytes(hashlib.sha256(f"follow_up:{follow_up.id}".encode()).digest()[:4], "big")
