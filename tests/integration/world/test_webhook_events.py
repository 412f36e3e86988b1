"""Stored webhook events have their effect once, together with being done, or are seen to have failed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from core.db import webhook_events
from core.db.pool import Connection, Pool
from core.db.webhook_events import ReceivedEvent, StoredEvent
from core.world.webhook_events import MOST_ATTEMPTS, WebhookDesk
from tests.sites import Visitor, visitor_on


@pytest.fixture
async def visitor(empty_database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(empty_database) as visitor:
        yield visitor


class Effects:
    """A handler whose effect is one row, and which fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.calls = failures, 0

    async def __call__(self, conn: Connection, event: StoredEvent) -> bool:
        self.calls += 1
        await conn.execute(
            "insert into leases (name, holder, until) values (%s, %s, now())", (event.event_id, event.provider)
        )
        if self.calls <= self.failures:
            raise ValueError("ana@example.com is not what I expected")
        return event.kind == "known"


async def given(visitor: Visitor, *events: tuple[str, str], provider: str = "stripe") -> list[int]:
    received = [ReceivedEvent(event_id, kind, {"n": 1}) for event_id, kind in events]
    async with visitor.site.pool.connection() as conn:
        return await webhook_events.store(conn, provider, received, visitor.clock())


def desk(visitor: Visitor, effects: Effects) -> WebhookDesk:
    return WebhookDesk(visitor.site.pool, {"stripe": effects}, visitor.clock, lambda: None)


async def test_an_event_has_its_effect_once_however_often_and_by_however_many_it_is_processed(visitor: Visitor) -> None:
    [event] = await given(visitor, ("e1", "known"))
    effects = Effects()
    await asyncio.gather(*(desk(visitor, effects).process(event) for _ in range(6)))
    assert effects.calls == 1
    assert await visitor.rows("select status, done_at, payload from webhook_events") == [
        {"status": "done", "done_at": visitor.clock(), "payload": {}}
    ]
    assert len(await visitor.rows("select name from leases")) == 1


async def test_unknown_kinds_and_unknown_providers_are_kept_and_ignored(visitor: Visitor) -> None:
    events = await given(visitor, ("e1", "strange")) + await given(visitor, ("e1", "x"), provider="other")
    for event in events:
        await desk(visitor, Effects()).process(event)
    assert await visitor.rows("select provider, status from webhook_events order by id") == [
        {"provider": "stripe", "status": "ignored"},
        {"provider": "other", "status": "ignored"},
    ]


async def test_a_failed_attempt_leaves_nothing_and_the_next_one_succeeds(visitor: Visitor) -> None:
    [event] = await given(visitor, ("e1", "known"))
    effects = Effects(failures=1)
    with pytest.raises(ValueError, match="not what"):
        await desk(visitor, effects).process(event)
    assert await visitor.rows("select status, error, attempts from webhook_events") == [
        {"status": "pending", "error": "ValueError", "attempts": 1}
    ]
    assert await visitor.rows("select name from leases") == []
    await desk(visitor, effects).process(event)
    assert await visitor.rows("select status, error from webhook_events") == [{"status": "done", "error": None}]


async def test_an_event_that_fails_for_ever_is_given_up_and_stays_to_be_seen(visitor: Visitor) -> None:
    [event] = await given(visitor, ("e1", "known"))
    effects = Effects(failures=99)
    for _ in range(MOST_ATTEMPTS - 1):
        with pytest.raises(ValueError, match="not what"):
            await desk(visitor, effects).process(event)
    with capture_logs() as logs:
        await desk(visitor, effects).process(event)
        await desk(visitor, effects).process(event)
    assert effects.calls == MOST_ATTEMPTS
    assert [entry["event"] for entry in logs] == ["webhook_event_given_up"]
    assert await visitor.rows("select status, error from webhook_events") == [
        {"status": "failed", "error": "ValueError"}
    ]


async def test_closed_events_are_forgotten_after_a_while_and_open_ones_never(visitor: Visitor) -> None:
    done, _ = await given(visitor, ("e1", "known"), ("e2", "known"))
    await desk(visitor, Effects()).process(done)
    visitor.clock.move(days=31)
    await desk(visitor, Effects()).tidy()
    assert await visitor.rows("select event_id from webhook_events") == [{"event_id": "e2"}]
