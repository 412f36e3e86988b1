"""Spans of time as a scenario writes them: "2 days", "90 minutes", "-1 day"."""

import re
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

_SPAN = re.compile(r"(-?\d+(?:\.\d+)?) ?(second|minute|hour|day|week)s?")


def span(text: str) -> timedelta:
    """The span. Raises ValueError that says what would be right."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} should be a span of time such as 90 minutes, 2 days or -1 week")
    return timedelta(**{f"{found.group(2)}s": float(found.group(1))})


def _checked(text: str) -> str:
    span(text)
    return text


def _moment(text: str) -> str:
    if _SPAN.fullmatch(text.strip()):
        return text
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise ValueError(
            f"{text!r} should be a span from the world's now (-1 day, 3 days) or 2026-11-30T23:59:00+00:00"
        )
    return text


def moment(text: str, now: datetime) -> datetime:
    """A moment that was given as a span from now, or as itself."""
    return now + span(text) if _SPAN.fullmatch(text.strip()) else datetime.fromisoformat(text)


Span = Annotated[str, AfterValidator(_checked), Field(description="a span of time: 90 minutes, 2 days")]
Moment = Annotated[str, AfterValidator(_moment), Field(description="a span from now (3 days), or an ISO moment")]
