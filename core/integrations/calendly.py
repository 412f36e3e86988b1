"""Calendly's API, version 2, as far as it is used: a scheduling link that can be used once.

`POST /scheduling_links` with the event type as its owner gives an address; our mark is added to it as UTM parameters,
which come back with every webhook about whoever books there. The mark is the opaque number of an invitation; nothing
about the person is told. A page waits for this, so a breaker and a short deadline keep a Calendly that is down from
costing anybody more than a moment. Whatever goes wrong leaves this module as a ServiceError.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

import aiohttp
from pydantic import SecretStr
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from core.domain.clock import Clock
from core.errors import ServiceError, ServiceRejectedError, ServiceUnavailableError
from core.integrations.circuit import CircuitBreaker
from core.settings import Settings

ATTEMPTS = 3
DEADLINE_SECONDS = 6.0
"""For all attempts together."""
LONGEST_PAUSE_SECONDS = 2.0
"""Who asks for a longer one is not waited for."""
SOURCE = "brenda"

_WORTH_RETRYING = frozenset({408, 429, 500, 502, 503, 504})
_ADVICE = {
    401: "the token is not accepted: check CALENDLY_TOKEN",
    403: "the token may not do this: check its scopes and the plan",
    404: "there is no such event type: check CALENDLY_EVENT_TYPE",
}
_backoff = wait_exponential_jitter(multiplier=0.2, max=LONGEST_PAUSE_SECONDS, jitter=0.2)


@dataclass(frozen=True, slots=True)
class Calendly:
    """One account's event type. `url` is the API's address without a trailing slash."""

    token: SecretStr
    event_type: str
    url: str
    breaker: CircuitBreaker = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "Calendly | None":
        """As configured; None when it is not."""
        if settings.calendly_token is None or settings.calendly_event_type is None:
            return None
        breaker = CircuitBreaker(clock, failures=3)
        url = str(settings.calendly_api_url).rstrip("/")
        return cls(settings.calendly_token, str(settings.calendly_event_type), url, breaker)

    async def scheduling_link(self) -> str:
        """A new address at which one person can book once.

        Raises:
            ServiceError: there is none to be had now.
        """
        permit = self.breaker.admit()
        if permit is None:
            raise ServiceUnavailableError("Calendly has failed several times in a row; it is asked again in a while.")
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                address = await self._asked()
        except TimeoutError:
            permit.failed()
            raise ServiceUnavailableError(f"Calendly gave no answer within {DEADLINE_SECONDS:g} s.") from None
        except ServiceError as error:
            permit.refused() if isinstance(error, ServiceRejectedError) and error.lasting else permit.failed()
            raise
        except BaseException:
            permit.dropped()
            raise
        permit.succeeded()
        return address

    async def _asked(self) -> str:
        body = {"max_event_count": 1, "owner": self.event_type, "owner_type": "EventType"}
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(ATTEMPTS),
                wait=_pause,
                retry=retry_if_exception(_may_pass),
                reraise=True,
            ):
                with attempt:
                    return await _post(session, f"{self.url}/scheduling_links", body)
        raise AssertionError("unreachable: the last attempt's error is raised")


def marked(address: str, link: UUID) -> str:
    """The address with our mark, by which the booking is known as this invitation's."""
    parts = urlsplit(address)
    ours = urlencode({"utm_source": SOURCE, "utm_content": str(link)})
    return urlunsplit(parts._replace(query=f"{parts.query}&{ours}" if parts.query else ours))


def _may_pass(error: BaseException) -> bool:
    """Whether it may be otherwise in a moment that is worth waiting for."""
    return isinstance(error, ServiceUnavailableError) and (error.retry_after or 0) <= LONGEST_PAUSE_SECONDS


def _pause(state: RetryCallState) -> float:
    """What Calendly asks for, else a growing pause."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ServiceUnavailableError) else None
    return asked if asked is not None else _backoff(state)


async def _post(session: aiohttp.ClientSession, url: str, body: Mapping[str, object]) -> str:
    try:
        async with session.post(url, json=body, allow_redirects=False) as response:
            if response.status != 201:
                raise _refusal(response.status, response.headers)
            return _address(await response.json())
    except (aiohttp.ClientError, OSError, ValueError) as error:
        name = type(error).__name__
        raise ServiceUnavailableError(f"Calendly cannot be reached or understood ({name}).") from error


def _refusal(status: int, headers: Mapping[str, str]) -> ServiceError:
    if status in _WORTH_RETRYING:
        return ServiceUnavailableError(f"Calendly answers {status}.", _seconds(headers.get("Retry-After")))
    advice = _ADVICE.get(status, "the request was refused")
    return ServiceRejectedError(f"Calendly answers {status}: {advice}.", lasting=status in _ADVICE)


def _seconds(text: str | None) -> float | None:
    """The seconds of a Retry-After; a date, or nonsense, counts as none."""
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return max(value, 0.0) if value is not None and isfinite(value) else None


def _address(content: Any) -> str:
    """The booking address. Raises ValueError when there is none that may be opened."""
    resource = content.get("resource") if isinstance(content, dict) else None
    address = resource.get("booking_url") if isinstance(resource, dict) else None
    if not isinstance(address, str) or urlsplit(address).scheme not in ("https", "http"):
        raise ValueError("no booking_url")
    return address
