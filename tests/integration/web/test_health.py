"""Alive, ready, and the figures: what an operator is told is what is."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from channels.serving import serve_figures
from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool, open_pool
from core.errors import PortTakenError
from tests.brendas import queue_on
from tests.databases import cloned
from tests.sites import Visitor, make_site, visiting, visitor_on
from tests.worlds import insert, make_lead


@pytest.fixture
async def visitor(empty_database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(empty_database) as visitor:
        yield visitor


async def beat(visitor: Visitor, ago: timedelta = timedelta()) -> None:
    """A worker showed that it lives."""
    await visitor.rows("insert into procrastinate_workers (last_heartbeat) values (%s)", visitor.clock() - ago)


async def figures(visitor: Visitor) -> dict[tuple[str, ...], float]:
    """Samples by name and label values."""
    answer = await visitor.opens("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def ready(visitor: Visitor) -> tuple[int, dict[str, dict[str, str]]]:
    answer = await visitor.asks("GET", "/readyz")
    return answer.status, json.loads(answer.body)


async def test_it_is_alive_whatever_else_is_not(visitor: Visitor) -> None:
    await visitor.site.pool.close()
    assert (await visitor.opens("/healthz")).text == "alive"


async def test_it_is_ready_while_a_worker_shows_that_it_lives(visitor: Visitor) -> None:
    assert await ready(visitor) == (503, {"ready": False, "missing": {"worker": "no worker runs"}, "degraded": {}})
    await beat(visitor, timedelta(seconds=90))
    assert (await ready(visitor))[1]["missing"] == {"worker": "silent for 90 s"}
    await beat(visitor)
    assert await ready(visitor) == (200, {"ready": True, "missing": {}, "degraded": {}})


async def test_a_schema_that_is_not_this_codes_is_named(visitor: Visitor) -> None:
    await beat(visitor)
    [newest] = await visitor.rows("select max(version) as version from supabase_migrations.schema_migrations")
    await visitor.rows("delete from supabase_migrations.schema_migrations where version = %s", newest["version"])
    assert (await ready(visitor))[1]["missing"] == {"migrations": f"not applied: {newest['version']}"}
    await visitor.rows(
        "insert into supabase_migrations.schema_migrations (version, name) values ('29990101000000', 'x')"
    )
    status, told = await ready(visitor)
    assert (status, "newer" in told["missing"]["migrations"]) == (503, True)


async def test_a_database_that_is_gone_is_named_and_the_figures_go_on(
    postgres: EmbeddedPostgres, migrated_template: str
) -> None:
    async with cloned(postgres, migrated_template) as url:
        pool = await open_pool(url, 2)
        async with queue_on(pool) as queue, visiting(make_site(pool, queue)) as visitor:
            await pool.close()
            status, told = await ready(visitor)
            assert (status, list(told["missing"])) == (503, ["database"])
            assert (await figures(visitor))["brenda_up",] == 0.0


async def test_models_are_judged_by_their_answers_and_never_asked(visitor: Visitor) -> None:
    await beat(visitor)
    settings = visitor.site.settings.model_copy(
        update={"openai_model": "remote", "openai_base_url": "http://127.0.0.1:1"}
    )
    circuits = {"second": "open", "remote": "closed"}
    lead = await make_lead(visitor.site.pool, visitor.clock())
    async with visiting(replace(visitor.site, settings=settings, circuits=lambda: circuits)) as other:
        assert (await ready(other))[1]["degraded"] == {"second": "circuit open"}
        for number in range(4):
            row = {"lead_id": lead.id, "turn_id": f"t{number}", "position": 0, "author": "brenda", "text": "hola"}
            await insert(visitor.site.pool, "messages", row | {"model": "embedded", "created_at": visitor.clock()})
        status, told = await ready(other)
        assert status == 200
        assert told["degraded"] == {"second": "circuit open", "remote": "gave none of the last 4 answers"}
        visitor.clock.move(hours=1)
        other.clock.move(hours=1)
        await beat(visitor)
        assert (await ready(other))[1]["degraded"] == {"second": "circuit open"}


async def test_the_figures_tell_what_waits_and_what_failed(visitor: Visitor) -> None:
    pool, now = visitor.site.pool, visitor.clock()
    waiting = {"channel": "telegram", "chat": "7", "input": "{}", "received_at": now - timedelta(seconds=40)}
    await insert(pool, "inbox", waiting | {"update_id": 1})
    await insert(pool, "inbox", waiting | {"update_id": 2, "received_at": now - timedelta(hours=9), "done_at": now})
    said = {"chat": "7", "turn_id": "t", "message": "{}"}
    for number, (channel, status) in enumerate([("telegram", "pending"), ("telegram", "failed"), ("email", "sent")]):
        await insert(pool, "outbox", said | {"channel": channel, "status": status, "key": str(number)})
    event = {"provider": "stripe", "kind": "x", "payload": "{}", "received_at": now}
    await insert(pool, "webhook_events", event | {"event_id": "1", "status": "failed", "done_at": now})
    lead = await make_lead(pool, now)
    withheld = {"lead_id": lead.id, "turn_id": "t", "kind": "silence", "due_at": now, "status": "withheld"}
    await insert(pool, "follow_ups", withheld | {"reason": "quiet_hours", "key": "1"})
    visitor.site.meter.turn("answered", 0.2)
    visitor.site.meter.model_call("gpt", "unavailable")
    await visitor.opens("/r/a-token")
    seen = await figures(visitor)
    expected: dict[tuple[str, ...], float] = {
        ("brenda_up",): 1,
        ("brenda_inbox_waiting_seconds",): 40,
        ("brenda_outbox", "telegram", "pending"): 1,
        ("brenda_outbox", "telegram", "failed"): 1,
        ("brenda_webhook_events", "stripe", "failed"): 1,
        ("brenda_follow_ups_withheld", "quiet_hours"): 1,
        ("brenda_turns_total", "answered"): 1,
        ("brenda_turn_seconds_count",): 1,
        ("brenda_model_calls_total", "gpt", "unavailable"): 1,
        ("brenda_http_requests_total", "GET", "/r/{token}", "404"): 1,
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert ("brenda_outbox", "email", "sent") not in seen


async def test_strangers_cannot_make_new_series(visitor: Visitor) -> None:
    for number in range(3):
        await visitor.asks(f"BREW{number}", f"/made-up/{number}")
    series = [name for name in await figures(visitor) if name[0] == "brenda_http_requests_total"]
    assert series == [("brenda_http_requests_total", "other", "(none)", "404")]


async def test_a_worker_s_figures_are_served_alone(visitor: Visitor) -> None:
    async with serve_figures(visitor.site, 0) as port, ClientSession() as session:
        visitor.site.meter.turn("answered", 0.2)
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert 'brenda_turns_total{outcome="answered"} 1.0' in await answer.text()
        async with session.get(f"http://127.0.0.1:{port}/privacidad") as answer:
            assert answer.status == 404
        with pytest.raises(PortTakenError, match=f"--metrics-port: 127.0.0.1:{port}"):
            async with serve_figures(visitor.site, port):
                pass


async def test_a_browser_that_asks_for_an_icon_is_no_fault(visitor: Visitor) -> None:
    answer = await visitor.opens("/favicon.ico")
    assert (answer.status, answer.body) == (204, b"")
