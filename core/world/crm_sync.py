"""Telling the CRM of everybody, a few at a time: for the first day with a CRM, and for the day after it lost something.

What was done stays done: each lead is kept as told as soon as they are, and the next run begins with those who were
told longest ago. So a run that was cut short goes on where it ended.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.domain.dispatches import Outcome, Sent, Withheld
from core.errors import ServiceRejectedError, ServiceUnavailableError
from core.integrations.patience import pause
from core.world.crm import CrmDesk

MOST_AT_ONCE = 4
MOST_ATTEMPTS = 6


@dataclass(slots=True)
class Tally:
    """How many were told, were known already, or may not be told; `refused` are the leads and why."""

    told: int = 0
    unchanged: int = 0
    withheld: int = 0
    refused: list[tuple[UUID, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many leads were looked at."""
        return self.told + self.unchanged + self.withheld + len(self.refused)

    def count(self, outcome: Outcome) -> None:
        """Count what became of one lead."""
        if isinstance(outcome, Withheld):
            self.withheld += 1
        elif isinstance(outcome, Sent) and outcome.record.get("unchanged"):
            self.unchanged += 1
        else:
            self.told += 1


@dataclass(frozen=True, slots=True)
class CrmSync:
    """`again`: tell also what was told before; `advance` is called after each lead; `sleep` is how it waits."""

    desk: CrmDesk
    again: bool = False
    advance: Callable[[], None] = lambda: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, leads: Sequence[UUID], tally: Tally) -> None:
        """Tell of these leads, in order. `tally` holds what was done also when this ends early.

        Raises:
            ServiceUnavailableError: the CRM was away for longer than is worth waiting.
            ServiceRejectedError: it refuses the account.
        """
        left = list(reversed(leads))

        async def work() -> None:
            while left:
                await self._tell(left.pop(), tally)
                self.advance()

        tasks = [asyncio.create_task(work()) for _ in range(min(MOST_AT_ONCE, len(left)))]
        try:
            await asyncio.gather(*tasks)
        finally:
            left.clear()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def preview(self, leads: Sequence[UUID], tally: Tally) -> None:
        """Count what `run` would do, and tell nobody."""
        for lead in leads:
            prepared = await self.desk.look(lead)
            if isinstance(prepared, Withheld):
                tally.withheld += 1
            elif prepared.is_news or self.again:
                tally.told += 1
            else:
                tally.unchanged += 1
            self.advance()

    async def _tell(self, lead: UUID, tally: Tally) -> None:
        for attempt in range(MOST_ATTEMPTS):
            try:
                tally.count(await self.desk.tell(lead, again=self.again))
                return
            except ServiceRejectedError as error:
                if error.lasting:
                    raise
                tally.refused.append((lead, str(error)))
                return
            except ServiceUnavailableError as error:
                if attempt == MOST_ATTEMPTS - 1:
                    raise
                await self.sleep(pause(attempt, error.retry_after, random.random).total_seconds())
