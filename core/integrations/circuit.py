"""A circuit breaker: it keeps a dead provider from costing every prospect the whole time-out.

Closed, calls pass and consecutive failures are counted. At `failures` of them it opens: nothing passes for `open_for`.
Then it is half open: one single call, the probe, passes; if it succeeds the circuit closes, if it fails the circuit
opens again. Whoever is admitted holds a `Permit` and reports exactly one verdict on it. A permit belongs to the round
in which it was given, and each opening or closing starts a new round, so that a slow call's late verdict changes
nothing that was decided since. Nothing here waits or reads the machine's clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.clock import Clock


class State(StrEnum):
    """What a breaker lets through: everything, nothing, or one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """One provider's breaker. `failures` in a row open it; `open_for` is how long it stays so before a probe."""

    def __init__(self, clock: Clock, failures: int = 5, open_for: timedelta = timedelta(seconds=30)) -> None:
        if failures < 1:
            raise ValueError(f"failures must be at least 1, not {failures}")
        self._clock, self._limit, self._open_for = clock, failures, open_for
        self._failures = 0
        self._opened_at: datetime | None = None
        self._probing = False
        self._round = 0

    @property
    def state(self) -> State:
        """The state at this moment."""
        if self._opened_at is None:
            return State.CLOSED
        return State.OPEN if self._clock() < self._opened_at + self._open_for else State.HALF_OPEN

    def admit(self) -> "Permit | None":
        """Ask to make a call. None means: do not."""
        state = self.state
        if state is State.OPEN or self._probing:
            return None
        self._probing = state is State.HALF_OPEN
        return Permit(self, self._round)

    def _open(self) -> None:
        self._opened_at = self._clock()
        self._turn()

    def _close(self) -> None:
        if self._opened_at is not None:
            self._opened_at = None
            self._turn()
        self._failures = 0

    def _turn(self) -> None:
        self._round += 1
        self._failures = 0
        self._probing = False


@dataclass(frozen=True)
class Permit:
    """The right to make one call. Report one verdict; a verdict from an earlier round is ignored."""

    breaker: CircuitBreaker
    round: int

    def succeeded(self) -> None:
        """The provider answered."""
        if self._counts():
            self.breaker._close()

    def failed(self) -> None:
        """The provider is at fault: it did not answer, or answered nonsense."""
        if not self._counts():
            return
        self.breaker._failures += 1
        if self.breaker._opened_at is not None or self.breaker._failures >= self.breaker._limit:
            self.breaker._open()

    def refused(self) -> None:
        """The provider refuses whatever we ask, for instance for the key: open at once, no more proof is needed."""
        if self._counts():
            self.breaker._open()

    def dropped(self) -> None:
        """No verdict: the call was cancelled, or the fault was ours. A probe's place becomes free again."""
        if self._counts():
            self.breaker._probing = False

    def _counts(self) -> bool:
        return self.round == self.breaker._round
