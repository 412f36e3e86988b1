"""The webhooks: verified on the raw bytes, stored and queued in one transaction, and only then acknowledged.

What an event means is decided later by a job (`core/world/webhook_events.py`), so that a slow or failing effect never
makes the provider wait or lose anything. One `Hook` a provider says how its requests are verified and read; a provider
that is not configured has no address at all.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from channels.web.site import Site
from core.db import webhook_events
from core.db.webhook_events import ReceivedEvent
from core.domain.json_text import clean_tree
from core.errors import SignatureError
from core.integrations import sendgrid_signature, timestamped_signature
from core.integrations.queue import Job
from core.settings import Settings

log = structlog.get_logger(__name__)

Verify = Callable[[Mapping[str, str], bytes, datetime], None]
"""Accepts a request's headers and raw body at this moment, or raises SignatureError."""
Read = Callable[[Any], list[ReceivedEvent]]
"""The events in a parsed body; ValueError, KeyError or TypeError when it is none of the provider's."""

STRIPE_HEADER = "Stripe-Signature"
CALENDLY_HEADER = "Calendly-Webhook-Signature"
DEEPEST = 64
"""Levels of nesting in a body."""

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Stored; also when it was stored before.", "content": {"text/plain": {}}},
    400: {"description": "Not the provider's JSON.", "content": {"text/plain": {}}},
    401: {"description": "The signature is missing, wrong or too old.", "content": {"text/plain": {}}},
    404: {"description": "The provider is not configured.", "content": {"text/plain": {}}},
    413: {"description": "More than 1 MB.", "content": {"text/plain": {}}},
    503: {"description": "Not stored; send it again.", "content": {"text/plain": {}}},
}


@dataclass(frozen=True, slots=True)
class Hook:
    """How one provider's requests are verified and read."""

    verify: Verify
    read: Read


def hooks(settings: Settings) -> dict[str, Hook]:
    """The configured providers, by the last part of their webhook's address."""
    found: dict[str, Hook] = {}
    if settings.stripe_webhook_secret:
        secret = settings.stripe_webhook_secret.get_secret_value()
        found["stripe"] = Hook(_timestamped(STRIPE_HEADER, secret), read_stripe)
    if settings.calendly_webhook_key:
        key = settings.calendly_webhook_key.get_secret_value()
        found["calendly"] = Hook(_timestamped(CALENDLY_HEADER, key), read_calendly)
    if settings.sendgrid_webhook_key:
        found["sendgrid"] = Hook(_sendgrid(settings.sendgrid_webhook_key), read_sendgrid)
    return found


def router(site: Site) -> APIRouter:
    """One address a provider."""
    routes, configured = APIRouter(), hooks(site.settings)

    @routes.post("/webhooks/{provider}", response_class=PlainTextResponse, responses=_ANSWERS)
    async def receive(provider: str, request: Request) -> PlainTextResponse:
        hook = configured.get(provider)
        if hook is None:
            return PlainTextResponse("There is no such webhook here.", 404)
        body = await request.body()
        try:
            hook.verify(request.headers, body, site.clock())
            events = hook.read(parsed(body))
        except SignatureError as error:
            log.warning("webhook_refused", provider=provider, reason=str(error))
            return PlainTextResponse(str(error), 401)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("webhook_malformed", provider=provider, error=type(error).__name__)
            return PlainTextResponse("The body is not what this provider sends.", 400)
        await _store(site, provider, events)
        return PlainTextResponse("Stored.")

    return routes


async def _store(site: Site, provider: str, events: list[ReceivedEvent]) -> None:
    async with site.pool.connection() as conn, conn.transaction():
        for event in await webhook_events.store(conn, provider, events, site.clock()):
            await site.queue.defer(conn, Job.WEBHOOK, event=event)


def parsed(body: bytes) -> Any:
    """The JSON of a body as Postgres can keep it.

    Raises:
        ValueError: not JSON, not UTF-8, numbers that are none, or nested deeper than `DEEPEST`.
    """
    return clean_tree(json.loads(body.decode("utf-8"), parse_constant=_no_number, parse_float=_finite), DEEPEST)


def read_stripe(content: Any) -> list[ReceivedEvent]:
    """One event: its own `id` and `type`."""
    return [_event(content["id"], content["type"], content)]


def read_calendly(content: Any) -> list[ReceivedEvent]:
    """One event. Calendly gives it no id: an invitee's address and what happened to them are unique together."""
    kind, payload = content["event"], content["payload"]
    what = payload.get("uri") or json.dumps(payload, sort_keys=True)
    return [_event(hashlib.sha256(f"{kind} {what}".encode()).hexdigest(), kind, content)]


def read_sendgrid(content: Any) -> list[ReceivedEvent]:
    """A list of events, each with its `sg_event_id`."""
    if not isinstance(content, list):
        raise TypeError("should be a list of events")
    return [_event(event["sg_event_id"], event["event"], event) for event in content]


def _event(event_id: object, kind: object, payload: Any) -> ReceivedEvent:
    if not (isinstance(event_id, str) and isinstance(kind, str) and isinstance(payload, dict)):
        raise TypeError("an event should be an object with a text for its id and its kind")
    if not (0 < len(event_id) <= 200 and 0 < len(kind) <= 100):
        raise ValueError("an event's id or kind is empty or too long")
    return ReceivedEvent(event_id, kind, payload)


def _timestamped(header: str, secret: str) -> Verify:
    return lambda headers, body, now: timestamped_signature.verify(headers.get(header), body, secret, now)


def _sendgrid(public_key: str) -> Verify:
    sendgrid_signature.read_key(public_key)  # a malformed key stops the start, not the first event

    def verify(headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        signature = headers.get(sendgrid_signature.SIGNATURE_HEADER)
        timestamp = headers.get(sendgrid_signature.TIMESTAMP_HEADER)
        sendgrid_signature.verify(signature, timestamp, body, public_key, now)

    return verify


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number
