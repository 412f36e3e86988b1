"""Webhooks over real HTTP: what is acknowledged is stored, what is not stored is never acknowledged."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.web.guard import BODY_LIMIT
from core.db.pool import Pool
from core.integrations.timestamped_signature import sign
from tests.sites import Reply, Visitor, visitor_on

SECRET, KEY = "whsec_for_tests", "calendly_for_tests"
_PRIVATE = ec.generate_private_key(ec.SECP256R1())
_PUBLIC = base64.b64encode(_PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
CONFIGURED = {"stripe_webhook_secret": SECRET, "calendly_webhook_key": KEY, "sendgrid_webhook_key": _PUBLIC}


@pytest.fixture
async def visitor(empty_database: Pool) -> AsyncIterator[Visitor]:
    async with visitor_on(empty_database, **CONFIGURED) as visitor:
        yield visitor


def paid(event_id: str = "evt_1", **fields: Any) -> bytes:
    return json.dumps({"id": event_id, "type": "checkout.session.completed", "data": {}, **fields}).encode()


async def stripe(visitor: Visitor, body: bytes, at: datetime | None = None) -> Reply:
    header = sign(body, SECRET, at or visitor.clock())
    return await visitor.posts("/webhooks/stripe", body, {"Stripe-Signature": header})


async def stored(visitor: Visitor) -> list[dict[str, Any]]:
    return await visitor.rows("select provider, event_id, kind, status from webhook_events order by id")


async def jobs(visitor: Visitor) -> int:
    [row] = await visitor.rows("select count(*) as n from procrastinate_jobs where task_name = 'brenda.webhook'")
    return int(row["n"])


async def test_a_signed_event_is_stored_and_queued_once_however_often_it_comes(visitor: Visitor) -> None:
    answers = await asyncio.gather(*(stripe(visitor, paid()) for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    assert await stored(visitor) == [
        {"provider": "stripe", "event_id": "evt_1", "kind": "checkout.session.completed", "status": "pending"}
    ]
    assert await jobs(visitor) == 1


@pytest.mark.parametrize("header", [None, "", "t=1,v1=aa", "v1=" + "0" * 64, "t=x,v1=é", "t=1,t=2,v1=aa", "nonsense"])
async def test_without_a_right_signature_nothing_is_stored(visitor: Visitor, header: str | None) -> None:
    answer = await visitor.posts("/webhooks/stripe", paid(), {"Stripe-Signature": header} if header is not None else {})
    assert answer.status == 401
    assert await stored(visitor) == []


@pytest.mark.parametrize("offset", [timedelta(seconds=-301), timedelta(seconds=31), timedelta(days=-4000)])
async def test_an_old_or_a_future_signature_is_refused(visitor: Visitor, offset: timedelta) -> None:
    assert (await stripe(visitor, paid(), visitor.clock() + offset)).status == 401
    assert await stored(visitor) == []


async def test_a_signature_for_other_bytes_or_another_provider_is_refused(visitor: Visitor) -> None:
    header = sign(paid("evt_1"), SECRET, visitor.clock())
    assert (await visitor.posts("/webhooks/stripe", paid("evt_2"), {"Stripe-Signature": header})).status == 401
    as_calendly = {"Calendly-Webhook-Signature": header}
    assert (await visitor.posts("/webhooks/calendly", paid("evt_1"), as_calendly)).status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"id": 3, "type": "a"}',
        b'{"id": "", "type": "a"}',
        b'{"id": "evt", "type": NaN}',
        b'{"id": "evt", "type": "a", "n": 1e999}',
        b'{"id": "evt", "type": "a", "n": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"id": "evt", "type": "a", "deep": ' + b"[" * 70 + b"]" * 70 + b"}",
        json.dumps({"id": "e" * 201, "type": "a"}).encode(),
    ],
)
async def test_what_is_signed_but_malformed_is_400(visitor: Visitor, body: bytes) -> None:
    assert (await stripe(visitor, body)).status == 400
    assert await stored(visitor) == []


async def test_characters_that_postgres_does_not_take_do_no_harm(visitor: Visitor) -> None:
    assert (await stripe(visitor, b'{"id": "evt", "type": "a", "x\\u0000": "\\u0000\\ud800"}')).status == 200
    assert await visitor.rows("select payload -> 'x' as x from webhook_events") == [{"x": "\ufffd"}]


async def test_a_body_over_one_megabyte_is_refused_announced_or_not(visitor: Visitor) -> None:
    body = paid(filler="x" * BODY_LIMIT)
    assert (await stripe(visitor, body)).status == 413

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    headers = {"Stripe-Signature": sign(body, SECRET, visitor.clock())}
    assert (await visitor.asks("POST", "/webhooks/stripe", data=pieces(), headers=headers)).status == 413
    assert await stored(visitor) == []


async def test_a_provider_that_is_not_configured_has_no_address(empty_database: Pool) -> None:
    async with visitor_on(empty_database) as visitor:
        for provider in ("stripe", "calendly", "sendgrid", "other"):
            assert (await visitor.posts(f"/webhooks/{provider}", paid())).status == 404
        assert (await visitor.opens("/webhooks/stripe")).status == 405


async def test_what_cannot_be_stored_is_not_acknowledged(visitor: Visitor) -> None:
    await visitor.rows("alter table webhook_events rename to hidden")
    assert (await stripe(visitor, paid())).status == 500
    await visitor.rows("alter table hidden rename to webhook_events")
    assert (await stripe(visitor, paid())).status == 200
    assert len(await stored(visitor)) == 1


async def test_calendly_repeats_an_event_and_changes_another(visitor: Visitor) -> None:
    async def calendly(kind: str, **fields: str) -> int:
        uri = "https://api.calendly.com/scheduled_events/A/invitees/B"
        body = json.dumps({"event": kind, "payload": {"uri": uri}, **fields}).encode()
        header = {"Calendly-Webhook-Signature": sign(body, KEY, visitor.clock())}
        return (await visitor.posts("/webhooks/calendly", body, header)).status

    assert await calendly("invitee.canceled") == 200
    assert await calendly("invitee.created", created_at="1") == 200
    assert await calendly("invitee.created", created_at="2") == 200
    assert [row["kind"] for row in await stored(visitor)] == ["invitee.canceled", "invitee.created"]


async def test_sendgrid_sends_many_events_at_once_signed_with_its_key(visitor: Visitor) -> None:
    events = [{"sg_event_id": f"e{n}", "event": "bounce", "email": "ana@example.com"} for n in (1, 2, 1)]
    body, moment = json.dumps(events).encode(), str(int(visitor.clock().timestamp()))
    signature = base64.b64encode(_PRIVATE.sign(moment.encode() + body, ec.ECDSA(SHA256()))).decode()
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": moment,
    }
    assert (await visitor.posts("/webhooks/sendgrid", body, headers)).status == 200
    assert (await visitor.posts("/webhooks/sendgrid", body + b" ", headers)).status == 401
    assert [row["event_id"] for row in await stored(visitor)] == ["e1", "e2"]
    assert await jobs(visitor) == 2
