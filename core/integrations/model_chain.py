"""The chain of chat models: the first that answers in time, and at its end one that always does.

Each remote model is retried where a retry is worth something, never past the turn's deadline, and passed over at once
while its circuit is open. When all of them failed, or the time is over, the last model of the chain answers: it is
local and instant, so neither deadline nor circuit concerns it. A prospect is never left without an answer.

A circuit hears of the provider's faults only. A request that is refused for its own sake (400, 422) says nothing about
the provider; a refusal of the key or the model opens the circuit at once, because each further request would meet it
too; what was cut short by the turn's deadline counts if it had at least half of a turn's time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from core.domain.clock import Clock, system_clock
from core.domain.meter import Meter, Unmetered
from core.errors import MalformedAnswerError, ModelError, ModelRejectedError, ModelUnavailableError
from core.integrations.circuit import CircuitBreaker, State

Sleep = Callable[[float], Awaitable[None]]
Tools = Sequence[dict[str, Any]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class NamedModel:
    """A link of the chain. `name` is what logs and records call it. The breaker of the last link is never asked."""

    name: str
    model: BaseChatModel
    breaker: CircuitBreaker = field(default_factory=lambda: CircuitBreaker(system_clock))


@dataclass(frozen=True)
class Deadline:
    """The moment at which one turn's time for remote models is over. Make it once a turn, pass it to each ask."""

    at: datetime
    clock: Clock

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, (self.at - self.clock()).total_seconds())


@dataclass(frozen=True)
class Answer:
    """What was answered, by which model.

    `calls` counts every attempt at any model, the last one included; `failures` says why the earlier models did not
    answer, one sentence each, without words of a message.
    """

    message: AIMessage
    model: str
    calls: int
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Question:
    messages: list[BaseMessage]
    tools: Tools
    deadline: Deadline


@dataclass
class _Tally:
    """What one ask has cost so far."""

    calls: int = 0
    failures: list[str] = field(default_factory=list)


class _PassedOverError(ModelError):
    """The model was not asked."""


class _CutShortError(ModelUnavailableError):
    """The turn's time was over before the model had a fair chance to answer."""


class ModelChain:
    """Models in the order in which they are preferred, the last being the reserve that always answers.

    `deadline_seconds` is what a turn may spend on remote models, `attempts` how often one of them is asked for one
    answer; a malformed answer is asked for once more at most. `sleep` is how it waits between attempts, `meter`
    counts each call by model and outcome.
    """

    def __init__(
        self,
        models: Sequence[NamedModel],
        clock: Clock,
        deadline_seconds: float = 45.0,
        attempts: int = 3,
        sleep: Sleep = asyncio.sleep,
        *,
        meter: Meter | None = None,
    ) -> None:
        if not models:
            raise ValueError("a chain needs at least the model that always answers")
        *self._remote, self._reserve = models
        self._clock, self._seconds, self._attempts, self._sleep = clock, deadline_seconds, attempts, sleep
        self._meter = meter or Unmetered()
        self._pause = wait_exponential_jitter(multiplier=0.5, max=8.0, jitter=0.5)

    async def aclose(self) -> None:
        """Close the connections of the remote models."""
        for named in self._remote:
            if (close := getattr(named.model, "aclose", None)) is not None:
                await close()

    @property
    def circuits(self) -> dict[str, str]:
        """The state of each remote model's circuit, as real calls left it."""
        return {named.name: named.breaker.state.value for named in self._remote}

    def deadline(self) -> Deadline:
        """A turn's whole time, from now."""
        return Deadline(self._clock() + timedelta(seconds=self._seconds), self._clock)

    async def ask(self, messages: list[BaseMessage], tools: Tools = (), deadline: Deadline | None = None) -> Answer:
        """Get an answer. `tools` are OpenAI function schemas; without a `deadline` this ask has a whole turn's time.

        Raises only what the last model of the chain raises.
        """
        question = _Question(messages, tools, deadline or self.deadline())
        tally = _Tally()
        for named in self._remote:
            try:
                message = await self._insist(named, question, tally)
            except Exception as error:
                # Even a fault of our own in speaking to one model must not keep the next one from answering.
                _note(tally, named, error)
            else:
                return Answer(message, named.name, tally.calls, tuple(tally.failures))
        with self._counted(self._reserve):
            message = await _invoke(self._reserve, question, tally)
        return Answer(message, self._reserve.name, tally.calls, tuple(tally.failures))

    async def _insist(self, named: NamedModel, question: _Question, tally: _Tally) -> AIMessage:
        """One model's answer, after as many attempts as are worth it. Raises the last attempt's error."""
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_exception_type((ModelUnavailableError, MalformedAnswerError)),
            wait=self._wait,
            stop=lambda state: self._enough(state, named, question.deadline),
            reraise=True,
        )
        return await retrying(self._attempt, named, question, tally)

    def _wait(self, state: RetryCallState) -> float:
        """Seconds until the next attempt: a growing pause with jitter, or more where the server asks for more."""
        asked = getattr(_error_of(state), "retry_after", None)
        return max(asked or 0.0, self._pause(state))

    def _enough(self, state: RetryCallState, named: NamedModel, deadline: Deadline) -> bool:
        """Whether another attempt is one too many, could not start in time, or would find the circuit open."""
        allowed = min(self._attempts, 2) if isinstance(_error_of(state), MalformedAnswerError) else self._attempts
        late = state.upcoming_sleep >= deadline.remaining()
        return late or state.attempt_number >= allowed or named.breaker.state is State.OPEN

    async def _attempt(self, named: NamedModel, question: _Question, tally: _Tally) -> AIMessage:
        left = question.deadline.remaining()
        if left <= 0:
            raise _PassedOverError("No time was left in this turn.")
        with self._counted(named), _judged(named.breaker):
            try:
                async with asyncio.timeout(left):
                    return await _invoke(named, question, tally)
            except TimeoutError:
                late = ModelUnavailableError if left >= self._seconds / 2 else _CutShortError
                raise late(f"No answer within the {left:.1f} s that were left in this turn.") from None

    @contextmanager
    def _counted(self, named: NamedModel) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self._meter.model_call(named.name, _outcome(error))
            raise
        self._meter.model_call(named.name, "answered")


def _outcome(error: BaseException) -> str:
    """How a call is counted that gave no answer."""
    kinds = {
        _PassedOverError: "skipped",
        ModelUnavailableError: "unavailable",
        ModelRejectedError: "rejected",
        MalformedAnswerError: "malformed",
    }
    return next((name for kind, name in kinds.items() if isinstance(error, kind)), "failed")


@contextmanager
def _judged(breaker: CircuitBreaker) -> Iterator[None]:
    """Hold a permit for one call, and tell the breaker how it went. Raises _PassedOverError while nothing passes."""
    permit = breaker.admit()
    if permit is None:
        raise _PassedOverError("Its circuit is open.")
    try:
        yield
        permit.succeeded()
    except ModelRejectedError as error:
        if error.lasting:
            permit.refused()
        raise
    except ModelError as error:
        if not isinstance(error, _CutShortError):
            permit.failed()
        raise
    finally:
        # Changes nothing after a verdict; without one (cancelled, our own fault) it frees the probe's place.
        permit.dropped()


async def _invoke(named: NamedModel, question: _Question, tally: _Tally) -> AIMessage:
    tally.calls += 1
    # An empty list of tools is an error to OpenAI.
    options: dict[str, Any] = {"tools": list(question.tools)} if question.tools else {}
    return await named.model.ainvoke(question.messages, **options)


def _note(tally: _Tally, named: NamedModel, error: Exception) -> None:
    """Keep and log why a model did not answer. Only our own errors are known to hold no words of a message."""
    reason = str(error) if isinstance(error, ModelError) else type(error).__name__
    tally.failures.append(f"{named.name}: {reason}")
    log.warning("model_failed", model=named.name, reason=reason, calls=tally.calls, circuit=named.breaker.state)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
