"""The schedule of the follow-ups, as admins edit it: read from a set of prompts, and its faults with their lines."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from core.domain.follow_ups import Schedule, Trigger, rule_faults, schedule_of
from core.errors import PromptError
from core.prompts.fault import Fault, fault_lines
from core.prompts.prompt_set import PromptSet

FOLDER = "follow_ups/"
SCHEDULE = "follow_ups/schedule.toml"
_BUTTONS = "buttons.json"


def schedule_in(prompts: PromptSet) -> Schedule:
    """The schedule that is in force.

    Raises:
        PromptError: there is none, or it is wrong; names file, line and entry.
    """
    return _read(prompts.text(SCHEDULE))


@lru_cache(maxsize=4)
def _read(text: str) -> Schedule:
    try:
        return schedule_of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"{SCHEDULE}: {error}") from None
    except ValidationError as error:
        raise PromptError(fault_lines(_invalid(text, error))) from None


def schedule_faults(texts: Mapping[str, str], templates: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with the schedule of these files. TOML that does not parse is reported elsewhere, not here."""
    text = texts.get(SCHEDULE)
    if text is None:
        if any(name.startswith(FOLDER) for name in templates):
            yield Fault(SCHEDULE, 0, "", "does not exist, and without it no follow-up is ever sent")
        return
    try:
        schedule = schedule_of(tomllib.loads(text))
    except ValidationError as error:
        yield from _invalid(text, error)
    except ValueError:
        return
    else:
        yield from _disagreements(text, schedule, texts, templates)


def _disagreements(
    text: str, schedule: Schedule, texts: Mapping[str, str], templates: Mapping[str, str]
) -> Iterator[Fault]:
    labels = _labels(texts.get(_BUTTONS, "{}"))
    for trigger, rule in schedule.triggers.items():
        for entry, advice in rule_faults(trigger, rule):
            yield Fault(SCHEDULE, _line(text, ("triggers", trigger.value, entry)), entry, advice)
        for action in rule.buttons:
            if action not in labels:
                place = _line(text, ("triggers", trigger.value, "buttons"))
                yield Fault(SCHEDULE, place, action, f"has no label in {_BUTTONS}")
        if FOLDER + trigger.value not in templates:
            missing = f"there is no {FOLDER}{trigger.value}.md.j2, so there is nothing to say"
            yield Fault(SCHEDULE, _line(text, ("triggers", trigger.value)), trigger.value, missing)
    for name in templates:
        if name.startswith(FOLDER) and not _is_known(name):
            yield Fault(f"{name}.md.j2", 1, "", f"is no trigger; there are: {', '.join(Trigger)}")


def _is_known(name: str) -> bool:
    bare = name.removeprefix(FOLDER)
    return bare.startswith("_") or bare in set(Trigger)


def _labels(text: str) -> Mapping[str, Any]:
    try:
        labels = json.loads(text)
    except ValueError:
        return {}
    return labels if isinstance(labels, dict) else {}


def _invalid(text: str, error: ValidationError) -> list[Fault]:
    """Each thing that does not fit, with the line of its entry, or of the table that it is in."""
    return [
        Fault(SCHEDULE, _line(text, item["loc"]), ".".join(map(str, item["loc"])), _told(item["msg"]))
        for item in error.errors()
    ]


def _told(message: str) -> str:
    return message.removeprefix("Value error, ")


def _line(text: str, path: tuple[int | str, ...]) -> int:
    """The line of an entry: of its key below its table's header; else the header's; else the first."""
    names = [part for part in path if isinstance(part, str) and part != "[key]"]
    for depth in range(len(names), 0, -1):
        header = _matching(text, rf"\s*\[\s*{re.escape('.'.join(names[:depth]))}\s*\]")
        if header:
            return _below(text, header, names[depth]) if depth < len(names) else header
    return _matching(text, rf"\s*{re.escape(names[0])}\s*=") or 1 if names else 1


def _below(text: str, header: int, key: str) -> int:
    for number, line in enumerate(text.splitlines()[header:], header + 1):
        if re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
        if line.lstrip().startswith("["):
            break
    return header


def _matching(text: str, pattern: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), 1) if re.match(pattern, line)), 0)
