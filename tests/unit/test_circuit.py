"""The circuit breaker under a clock that the test moves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.integrations.circuit import CircuitBreaker, Permit, State

LIMIT = 3
OPEN_FOR = timedelta(seconds=30)


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def admitted(breaker: CircuitBreaker) -> Permit:
    permit = breaker.admit()
    assert permit is not None
    return permit


def state_of(breaker: CircuitBreaker) -> State:
    return breaker.state


def opened(clock: MovedClock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock, LIMIT, OPEN_FOR)
    admitted(breaker).refused()
    return breaker


def test_it_opens_at_the_limit_of_failures_in_a_row_and_not_before() -> None:
    breaker = CircuitBreaker(MovedClock(), LIMIT, OPEN_FOR)
    for _ in range(LIMIT - 1):
        admitted(breaker).failed()
    assert state_of(breaker) is State.CLOSED
    admitted(breaker).failed()
    assert state_of(breaker) is State.OPEN
    assert breaker.admit() is None


def test_a_success_starts_the_count_anew() -> None:
    breaker = CircuitBreaker(MovedClock(), LIMIT, OPEN_FOR)
    for _ in range(10):
        for _ in range(LIMIT - 1):
            admitted(breaker).failed()
        admitted(breaker).succeeded()
    assert state_of(breaker) is State.CLOSED


def test_a_refusal_opens_it_at_once() -> None:
    assert opened(MovedClock()).state is State.OPEN


def test_when_the_time_is_over_one_probe_passes_and_its_success_closes() -> None:
    clock = MovedClock()
    breaker = opened(clock)
    clock.move(29.999)
    assert breaker.admit() is None
    clock.move(0.001)
    probe = admitted(breaker)
    assert breaker.admit() is None
    probe.succeeded()
    assert state_of(breaker) is State.CLOSED
    assert breaker.admit() is not None


def test_a_failed_probe_opens_it_for_the_whole_time_again() -> None:
    clock = MovedClock()
    breaker = opened(clock)
    clock.move(30)
    admitted(breaker).failed()
    clock.move(29)
    assert state_of(breaker) is State.OPEN
    clock.move(1)
    assert state_of(breaker) is State.HALF_OPEN


def test_a_dropped_probe_leaves_its_place_to_the_next() -> None:
    clock = MovedClock()
    breaker = opened(clock)
    clock.move(30)
    admitted(breaker).dropped()
    assert state_of(breaker) is State.HALF_OPEN
    admitted(breaker).succeeded()
    assert state_of(breaker) is State.CLOSED


def test_a_late_verdict_from_an_earlier_round_changes_nothing() -> None:
    clock = MovedClock()
    breaker = CircuitBreaker(clock, LIMIT, OPEN_FOR)
    slow, slower, slowest = admitted(breaker), admitted(breaker), admitted(breaker)
    admitted(breaker).refused()
    slow.succeeded()
    assert state_of(breaker) is State.OPEN
    clock.move(30)
    probe = admitted(breaker)
    slower.dropped()
    assert breaker.admit() is None
    slowest.failed()
    assert state_of(breaker) is State.HALF_OPEN
    probe.succeeded()
    assert state_of(breaker) is State.CLOSED


def test_a_limit_below_one_is_named() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        CircuitBreaker(MovedClock(), failures=0)


class Traffic(RuleBasedStateMachine):
    """Overlapping calls with any verdicts at any time. What must hold is told in terms of what callers see."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovedClock()
        self.breaker = CircuitBreaker(self.clock, LIMIT, OPEN_FOR)
        self.running: list[tuple[Permit, int]] = []
        self.round = 0
        self.probe: Permit | None = None
        self.opened_at: datetime | None = None
        self.in_a_row = 0

    @rule(seconds=st.floats(0, 40))
    def time_passes(self, seconds: float) -> None:
        self.clock.move(seconds)

    @rule()
    def a_call_starts(self) -> None:
        state = self.breaker.state
        permit = self.breaker.admit()
        assert (permit is None) == (state is State.OPEN or self.probe is not None)
        if permit:
            self.running.append((permit, self.round))
            self.probe = permit if state is State.HALF_OPEN else None

    @precondition(lambda self: self.running)
    @rule(verdict=st.sampled_from(["succeeded", "failed", "refused", "dropped"]), data=st.data())
    def a_call_ends(self, verdict: str, data: st.DataObject) -> None:
        permit, started_in = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
        getattr(permit, verdict)()
        if started_in == self.round:
            self.expect(verdict)

    def expect(self, verdict: str) -> None:
        """The rules in one place: what a verdict that counts does."""
        was_probe, self.probe = self.probe is not None, None
        self.in_a_row = {"succeeded": 0, "dropped": self.in_a_row}.get(verdict, self.in_a_row + 1)
        if verdict == "succeeded":
            self.round += self.opened_at is not None
            self.opened_at = None
        elif verdict == "refused" or (verdict == "failed" and (was_probe or self.in_a_row >= LIMIT)):
            self.opened_at, self.in_a_row, self.round = self.clock(), 0, self.round + 1

    @invariant()
    def it_is_open_exactly_as_long_as_it_should(self) -> None:
        if self.opened_at is None:
            assert self.breaker.state is State.CLOSED
        else:
            over = self.clock() >= self.opened_at + OPEN_FOR
            assert self.breaker.state is (State.HALF_OPEN if over else State.OPEN)


TestTraffic = Traffic.TestCase
