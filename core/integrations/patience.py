"""How long to wait before a service is asked again: longer after each failure, never less than it asked for.

The wait is drawn evenly between half of its height and all of it, so that what failed together does not come back
together.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from math import isfinite

FIRST_SECONDS = 5.0
MOST_SECONDS = 900.0
MOST_ASKED_SECONDS = 24 * 3600.0
"""A service that asks for longer is asked again after a day."""


def pause(tries: int, asked: float | None, chance: Callable[[], float]) -> timedelta:
    """The wait after so many failures. `asked`: seconds that the service asked for; `chance`: evenly from [0, 1)."""
    height = min(MOST_SECONDS, FIRST_SECONDS * float(1 << min(max(tries, 0), 16)))
    drawn = height * (0.5 + chance() / 2)
    return timedelta(seconds=max(drawn, min(asked or 0.0, MOST_ASKED_SECONDS)))


def asked_seconds(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait, from `retry-after-ms` or `Retry-After`; a date counts from the response's own `Date`."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        try:
            seconds = float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
        return max(0.0, seconds) if isfinite(seconds) else None
    try:
        wait = parsedate_to_datetime(headers["Retry-After"]) - parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())
