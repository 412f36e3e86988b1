"""What every wording must keep to, whoever edits it: something must be said, it must fit, and some of it is law."""

import re
from collections.abc import Iterator

from core.prompts.fault import Fault
from core.prompts.prompt_files import template_path

MESSAGE_LIMIT = 4096
"""Characters in one Telegram message."""

_GREETING = "messages/contact/greeting"
_SAYS_AI = re.compile(r"\bIA\b|inteligencia artificial", re.IGNORECASE)
_PRESSURE = re.compile(
    r"[%$€£]|https?:|www\.|[úu]ltim[ao]s? (?:d[ií]a|hora|plaza|lugar|cupo|oportunidad)|s[óo]lo (?:por )?hoy"
    r"|quedan poc[ao]s|se (?:acaba|agota)|antes de que|no te (?:quedes|lo pierdas)",
    re.IGNORECASE,
)
_CLAIM = re.compile(r"\d|[%$€£]|https?:|www\.|@\w", re.IGNORECASE)


def duty_faults(name: str, wording: str, line: int) -> Iterator[Fault]:
    """What one rendered wording, whose source begins at `line`, does not keep to."""
    path = template_path(name)
    if not wording:
        yield Fault(path, line, "", "says nothing with the sample values; write a text or delete the wording")
        return
    if not name.startswith(("messages/", "follow_ups/")):
        return
    if len(wording) > MESSAGE_LIMIT:
        yield Fault(path, line, "", f"is {len(wording)} characters long; a Telegram message holds {MESSAGE_LIMIT}")
    if name == _GREETING and not _SAYS_AI.search(wording):
        yield Fault(
            path,
            line,
            "",
            'must say "IA" or "inteligencia artificial": people have to be told at first contact that they talk to'
            " an AI (EU AI Act, article 50)",
        )
    pressure = _PRESSURE.search(wording) if name.startswith("follow_ups/") else None
    if pressure:
        advice = "a follow-up names no price and no link and hurries nobody: only a live offer may, in the chat"
        yield Fault(path, line, "", f'holds "{pressure[0]}"; {advice}')
    claim = _CLAIM.search(wording) if name.startswith("messages/safe/") else None
    if claim:
        yield Fault(path, line, "", f'holds "{claim[0]}"; a safe message is sent unverified and may claim nothing')
