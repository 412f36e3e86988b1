"""The scenario's clock: it stands still until the conversation moves it."""

import math
from datetime import datetime, timedelta

from evals.world import NOW


class StageClock:
    """Callable as a `Clock`. Waiting moves it, by whole seconds, so that jitter in a pause changes no later moment."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.move(timedelta(seconds=math.ceil(seconds)))
