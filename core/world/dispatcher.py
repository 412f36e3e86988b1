"""The dispatcher: what waits in the outbox for a service is claimed, carried out and settled, a few rows at a time.

Each service has a lane of its own with a circuit breaker, so that one that is down costs the others nothing. While it
is down its rows wait; nothing is lost. What a service refuses for its own sake fails with the reason and stays to be
seen (`bot.py outbox --status failed`). A row whose end is unknown is tried once more and then given up, unless the
service may be told the same thing twice.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from core.db import dispatches, outbox
from core.db.pool import Connection, Pool
from core.domain.clock import Clock
from core.domain.dispatches import Dispatch, Outcome, Postponed, Recorded, Sent, ServiceChannel, Withheld
from core.errors import PromptError, ServiceRejectedError, ServiceUnavailableError, ServiceUnclearError
from core.integrations.circuit import CircuitBreaker, Permit, State
from core.integrations.patience import pause

log = structlog.get_logger(__name__)
T = TypeVar("T")

LEASE_SECONDS = 180.0
"""Longer than any service may take for one row."""
MOST_AT_ONCE = 4
_OPEN_FOR = timedelta(seconds=60)


class Service(Protocol):
    """Carries out the rows of one channel."""

    @property
    def channel(self) -> ServiceChannel:
        """The channel of its rows."""

    async def carry_out(self, dispatch: Dispatch) -> Outcome:
        """Do what a row asks for. Raises a ServiceError when it was not done, PromptError for broken words."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A service with its breaker. `repeatable`: it may be told the same thing twice."""

    service: Service
    breaker: CircuitBreaker
    repeatable: bool

    @classmethod
    def of(cls, service: Service, clock: Clock) -> "Lane":
        """A lane for a service; only e-mails cannot be taken back."""
        return cls(service, CircuitBreaker(clock, open_for=_OPEN_FOR), service.channel is not ServiceChannel.EMAIL)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """`chance` draws evenly from [0, 1), for the jitter of waits."""

    pool: Pool
    clock: Clock
    lanes: tuple[Lane, ...]
    chance: Callable[[], float] = field(default=random.random)

    async def work_off(self, channel: str | None = None) -> int:
        """Carry out all that is due, of one channel or of all; how many rows were taken up."""
        lanes = [lane for lane in self.lanes if channel in (None, lane.service.channel.value)]
        return sum(await _all(self._work_off(lane) for lane in lanes))

    async def _work_off(self, lane: Lane) -> int:
        taken = 0
        while lane.breaker.state is not State.OPEN:
            rows = await self._claim(lane)
            if not rows:
                break
            await _all(self._carry_out(lane, row) for row in rows)
            taken += len(rows)
        return taken

    async def _claim(self, lane: Lane) -> list[Dispatch]:
        """Of a service that may be down, one row is tried first."""
        now, channel = self.clock(), lane.service.channel
        limit = MOST_AT_ONCE if lane.breaker.state is State.CLOSED else 1
        async with self.pool.connection() as conn:
            if not await dispatches.is_due(conn, channel, now):
                return []
            if lane.repeatable:
                await dispatches.forgive(conn, channel, now)
            rows = await dispatches.claim(conn, channel, now, LEASE_SECONDS, limit)
            lost = [] if rows else await outbox.give_up_unclear(conn, channel.value, now)
        if lost:
            log.error("dispatch_unclear_twice", service=channel.value, outbox=lost)
        return rows

    async def _carry_out(self, lane: Lane, row: Dispatch) -> None:
        permit = lane.breaker.admit()
        if permit is None:
            await self._write(lambda conn: dispatches.delay(conn, row.id, self.clock() + _OPEN_FOR, "waits its turn"))
            return
        try:
            outcome = await lane.service.carry_out(row)
        except ServiceUnavailableError as error:
            permit.failed()
            await self._again(row, str(error), error.retry_after)
        except ServiceUnclearError as error:
            permit.failed()
            await self._doubt(lane, row, str(error))
        except ServiceRejectedError as error:
            await self._rejected(row, error, permit)
        except PromptError as error:
            await self._fail(row, str(error))
        except (psycopg.Error, PoolTimeout):
            raise  # the row waits for its lease to end, and is taken up again
        except Exception as error:
            log.error("dispatch_fault", outbox=row.id, exc_info=error)
            await self._fail(row, f"our own fault: {type(error).__name__}")
        else:
            permit.succeeded()
            await self._settle(row, outcome)
        finally:
            permit.dropped()

    async def _settle(self, row: Dispatch, outcome: Outcome) -> None:
        now = self.clock()
        await self._write(lambda conn: _record(conn, row, outcome, now))
        log.info("dispatched", service=row.channel.value, outbox=row.id, outcome=type(outcome).__name__.lower())

    async def _again(self, row: Dispatch, reason: str, asked: float | None) -> None:
        wait = pause(row.tries, asked, self.chance)
        log.warning("service_unavailable", service=row.channel.value, outbox=row.id, reason=reason)
        await self._write(lambda conn: dispatches.retry(conn, row.id, self.clock() + wait, reason))

    async def _doubt(self, lane: Lane, row: Dispatch, reason: str) -> None:
        if lane.repeatable:
            await self._again(row, reason, None)
            return
        until = self.clock() + pause(row.tries, None, self.chance)
        await self._write(lambda conn: outbox.unclear(conn, row.id, until, reason))
        log.warning("dispatch_unclear", service=row.channel.value, outbox=row.id, reason=reason)

    async def _rejected(self, row: Dispatch, error: ServiceRejectedError, permit: Permit) -> None:
        """A refusal of the account is nobody's row: all wait until somebody has put it right."""
        if error.lasting:
            permit.refused()
            log.error("service_refuses_us", service=row.channel.value, reason=str(error))
            await self._write(lambda conn: dispatches.retry(conn, row.id, self.clock() + _OPEN_FOR, str(error)))
            return
        permit.succeeded()
        await self._fail(row, str(error))

    async def _fail(self, row: Dispatch, reason: str) -> None:
        log.error("dispatch_failed", service=row.channel.value, outbox=row.id, reason=reason)
        await self._write(lambda conn: dispatches.settle(conn, row.id, "failed", reason=reason))

    async def _write(self, write: Callable[[Connection], Awaitable[object]]) -> None:
        """Write down what came of a row, however long the database is away, because a row whose end is not on record
        would be carried out again."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((psycopg.OperationalError, PoolTimeout)),
            wait=wait_exponential_jitter(multiplier=0.5, max=5.0),
            stop=stop_after_delay(LEASE_SECONDS),
            reraise=True,
        )
        await retrying(self._write_once, write)

    async def _write_once(self, write: Callable[[Connection], Awaitable[object]]) -> None:
        async with self.pool.connection() as conn, conn.transaction():
            await write(conn)


async def _all(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What all of these gave. One that breaks off leaves the others to end, because they may be in mid-send.

    Raises:
        Exception: the first one's, when all have ended.
    """
    ends = await asyncio.gather(*works, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
    return [end for end in ends if not isinstance(end, BaseException)]


async def _record(conn: Connection, row: Dispatch, outcome: Outcome, now: datetime) -> None:
    match outcome:
        case Sent(external_id, record, covered):
            await dispatches.settle(conn, row.id, "sent", external_id=external_id, sent_at=now, record=record)
            await dispatches.cover(conn, covered, row.id)
        case Recorded(record, covered):
            await dispatches.settle(conn, row.id, "recorded", record=record)
            await dispatches.cover(conn, covered, row.id)
        case Withheld(reason):
            await dispatches.settle(conn, row.id, "withheld", reason=reason)
        case Postponed(until, reason):
            await dispatches.delay(conn, row.id, until, reason)
