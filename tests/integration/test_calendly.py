"""The client of Calendly against a server with its shapes: what it asks, what it makes of every refusal."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from pydantic import HttpUrl

from core.errors import ServiceError, ServiceRejectedError, ServiceUnavailableError
from core.integrations.calendly import ATTEMPTS, Calendly, marked
from tests.brendas import MovedClock
from tests.fakes.calendly_server import EVENT_TYPE, TOKEN, FakeCalendly
from tests.worlds import make_settings


@pytest.fixture
async def fake() -> AsyncIterator[FakeCalendly]:
    async with FakeCalendly() as fake:
        yield fake


def client(fake: FakeCalendly, clock: MovedClock | None = None, **settings: object) -> Calendly:
    made = Calendly.of(make_settings(**{**fake.settings, **settings}), clock or MovedClock())
    assert made
    return made


def test_without_a_token_there_is_none() -> None:
    assert Calendly.of(make_settings(), MovedClock()) is None


async def test_it_asks_for_one_link_that_can_be_used_once(fake: FakeCalendly) -> None:
    calendly = client(fake)
    assert [await calendly.scheduling_link(), await calendly.scheduling_link()] == fake.made
    assert len(set(fake.made)) == 2
    assert fake.bodies[0] == {"max_event_count": 1, "owner": EVENT_TYPE, "owner_type": "EventType"}


@pytest.mark.parametrize("faults", [(503,), (429, 500), (502, 504)])
async def test_a_fault_that_passes_is_waited_for(fake: FakeCalendly, faults: tuple[int, ...]) -> None:
    fake.fail(*faults, retry_after="0.01")
    assert await client(fake).scheduling_link() == fake.made[0]
    assert fake.calls == len(faults) + 1


async def test_a_long_pause_is_not_waited_for(fake: FakeCalendly) -> None:
    fake.fail(429, retry_after="60")
    with pytest.raises(ServiceUnavailableError) as refused:
        await client(fake).scheduling_link()
    assert (fake.calls, refused.value.retry_after) == (1, 60.0)


@pytest.mark.parametrize(("status", "advice"), [(401, "CALENDLY_TOKEN"), (403, "scopes"), (404, "CALENDLY_EVENT_TYPE")])
async def test_a_refusal_that_lasts_says_what_to_check_and_is_not_repeated(
    fake: FakeCalendly, status: int, advice: str
) -> None:
    calendly = client(fake)
    fake.fail(status)
    with pytest.raises(ServiceRejectedError, match=advice) as refused:
        await calendly.scheduling_link()
    assert refused.value.lasting
    assert TOKEN not in str(refused.value)
    with pytest.raises(ServiceUnavailableError):
        await calendly.scheduling_link()
    assert fake.calls == 1


async def test_after_several_failures_nobody_waits_until_it_is_tried_again(fake: FakeCalendly) -> None:
    clock = MovedClock()
    calendly = client(fake, clock)
    fake.fail(*[500] * 3 * ATTEMPTS, retry_after="0")
    for _ in range(5):
        with pytest.raises(ServiceError):
            await calendly.scheduling_link()
    assert fake.calls == 3 * ATTEMPTS
    clock.now += timedelta(minutes=1)
    assert await calendly.scheduling_link() == fake.made[0]


@pytest.mark.parametrize(
    "answer", [[], {}, {"resource": None}, {"resource": {}}, {"resource": {"booking_url": "javascript:alert(1)"}}, 7]
)
async def test_an_answer_that_makes_no_sense_is_no_link(fake: FakeCalendly, answer: object) -> None:
    fake.answer = answer
    with pytest.raises(ServiceUnavailableError):
        await client(fake).scheduling_link()


async def test_nobody_there_is_an_error_of_ours(fake: FakeCalendly) -> None:
    with pytest.raises(ServiceUnavailableError, match="ClientConnectorError"):
        await client(fake, calendly_api_url=HttpUrl("http://127.0.0.1:1")).scheduling_link()


@pytest.mark.parametrize(
    "address", ["https://calendly.com/d/abc/demo", "https://calendly.com/d/abc/demo?month=2026-11"]
)
def test_the_mark_names_the_invitation_and_nobody(address: str) -> None:
    link = UUID(int=7)
    found = urlsplit(marked(address, link))
    assert found._replace(query="").geturl() == "https://calendly.com/d/abc/demo"
    query = parse_qs(found.query)
    assert query | {"month": []} == {"utm_source": ["brenda"], "utm_content": [str(link)], "month": []}
    assert ("month" in query) is ("month" in address)
