"""A fake Calendly: a real HTTP server on loopback with the shapes of its API v2, and the webhooks it would send.

`async with FakeCalendly() as fake` gives an account with one event type; `fake.settings` points Brenda at it. Chaos is
scripted with `fake.fail(503, 429)`: one status a call, in order. `Appointment` makes the payloads of its webhooks.
"""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Self
from uuid import UUID

from aiohttp import web
from pydantic import HttpUrl

from core.integrations.timestamped_signature import sign

API = "https://api.calendly.com"
TOKEN = "calendly-token-for-tests-on-loopback"
WEBHOOK_KEY = "calendly-webhook-key-for-tests"
EVENT_TYPE = f"{API}/event_types/AAAAAAAAAAAAAAAA"
_numbers = count(1)


@dataclass
class FakeCalendly:
    """The server. `made` holds the addresses it gave out, `bodies` what it was asked."""

    made: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    answer: Any = None
    url: str = ""

    async def __aenter__(self) -> Self:
        self._faults: deque[tuple[int, str | None]] = deque()
        app = web.Application()
        app.router.add_post("/scheduling_links", self._link)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def settings(self) -> dict[str, Any]:
        """What to set so that Brenda uses this account."""
        return {
            "calendly_token": TOKEN,
            "calendly_event_type": HttpUrl(EVENT_TYPE),
            "calendly_webhook_key": WEBHOOK_KEY,
            "calendly_api_url": HttpUrl(self.url),
        }

    def fail(self, *statuses: int, retry_after: str | None = None) -> None:
        """Script the next calls."""
        self._faults.extend((status, retry_after) for status in statuses)

    async def _link(self, request: web.Request) -> web.Response:
        self.calls += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refused(401, "Unauthenticated", "The access token is invalid")
        if self._faults:
            status, retry_after = self._faults.popleft()
            headers = {"Retry-After": retry_after} if retry_after is not None else None
            return _refused(status, "Refused", "Scripted by the test", headers)
        body = await request.json()
        self.bodies.append(body)
        if body.get("max_event_count") != 1 or body.get("owner_type") != "EventType":
            return _refused(400, "Invalid Argument", "The supplied parameters are invalid.")
        if body.get("owner") != EVENT_TYPE:
            return _refused(404, "Resource Not Found", "The resource you requested does not exist.")
        if self.answer is not None:
            return web.json_response(self.answer, status=201)
        self.made.append(f"https://calendly.com/d/fake-{next(_numbers)}/demo")
        resource = {"booking_url": self.made[-1], "owner": EVENT_TYPE, "owner_type": "EventType"}
        return web.json_response({"resource": resource}, status=201)


@dataclass(frozen=True)
class Appointment:
    """An invitee of Calendly, and the webhooks that tell of them. `link` is the mark that the address carried."""

    link: UUID | str | None
    start: datetime
    replaces: "Appointment | None" = None
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def event(self) -> str:
        return f"{API}/scheduled_events/EV{self.number:014d}"

    @property
    def uri(self) -> str:
        return f"{self.event}/invitees/IN{self.number:014d}"

    def created(self) -> dict[str, Any]:
        return self._told("invitee.created")

    def canceled(self, by: str = "invitee", successor: "Appointment | None" = None) -> dict[str, Any]:
        """Given up, or rescheduled when there is a successor."""
        cancellation = {"canceled_by": "Somebody", "reason": "", "canceler_type": by, "created_at": _text(self.start)}
        fields = {"status": "canceled", "cancellation": cancellation, "rescheduled": successor is not None}
        return self._told("invitee.canceled", **fields, new_invitee=successor.uri if successor else None)

    def no_show(self, kind: str = "created") -> dict[str, Any]:
        mark = {"uri": f"{API}/invitee_no_shows/NS{self.number}", "created_at": _text(self.start)}
        return self._told(f"invitee_no_show.{kind}", no_show=mark)

    def _told(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {
            "event": kind,
            "created_at": "2026-11-23T12:00:00.000000Z",
            "created_by": f"{API}/users/AAAAAAAAAAAAAAAA",
            "payload": {**self._invitee(), **fields},
        }

    def _invitee(self) -> dict[str, Any]:
        return {
            "uri": self.uri,
            "event": self.event,
            "email": "somebody.else@mail.example",
            "name": "Otro Nombre",
            "first_name": None,
            "last_name": None,
            "status": "active",
            "timezone": "America/Lima",
            "rescheduled": False,
            "old_invitee": self.replaces.uri if self.replaces else None,
            "new_invitee": None,
            "cancel_url": f"https://calendly.com/cancellations/IN{self.number:014d}",
            "reschedule_url": f"https://calendly.com/reschedulings/IN{self.number:014d}",
            "questions_and_answers": [],
            "no_show": None,
            "payment": None,
            "tracking": {
                "utm_campaign": None,
                "utm_source": "brenda",
                "utm_medium": None,
                "utm_content": str(self.link) if self.link else None,
                "utm_term": None,
                "salesforce_uuid": None,
            },
            "created_at": "2026-11-23T12:00:00.000000Z",
            "updated_at": "2026-11-23T12:00:00.000000Z",
            "scheduled_event": {
                "uri": self.event,
                "name": "Demo",
                "status": "active",
                "start_time": _text(self.start),
                "end_time": _text(self.start + timedelta(minutes=30)),
                "event_type": EVENT_TYPE,
                "location": {"type": "zoom", "status": "pushed", "join_url": "https://zoom.example/j/1"},
                "invitees_counter": {"total": 1, "active": 1, "limit": 1},
                "event_memberships": [
                    {"user": f"{API}/users/A", "user_email": "host@mail.example", "user_name": "Ana Anfitriona"}
                ],
                "event_guests": [],
            },
        }


def signed(content: dict[str, Any], at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a webhook request."""
    body = json.dumps(content).encode()
    return body, {"Calendly-Webhook-Signature": sign(body, WEBHOOK_KEY, at), "Content-Type": "application/json"}


def _refused(status: int, title: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"title": title, "message": message}, status=status, headers=headers)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
