"""Patience with something that is away: each wait is twice the last, and a stop ends it at once."""

import asyncio
import contextlib
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Waits of `first`, twice `first`, … at most `most` seconds, until `reset`."""

    first: float = 0.5
    most: float = 30.0
    failures: int = 0

    def next_seconds(self) -> float:
        """Count a failure; how long to wait for it."""
        self.failures += 1
        return min(self.most, self.first * float(1 << min(self.failures - 1, 16)))

    async def wait(self, stop: asyncio.Event) -> None:
        """Count a failure and wait, at most until `stop`."""
        await rest(stop, self.next_seconds())

    def reset(self) -> None:
        """It works again."""
        self.failures = 0


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait, at most until `stop`."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
