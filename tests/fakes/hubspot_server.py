"""A fake HubSpot: a real HTTP server on loopback that keeps contacts, deals and properties as its v3 and v4 API does.

It answers in the shapes that HubSpot documents, refuses what HubSpot refuses (unknown properties, a second contact with
one e-mail address, a property that is not unique as a key), and can be told to fail: each entry of `troubles` is used
up by one request. With `silent_from` contacts it answers nobody any more, until `speak`.
"""

import asyncio
import itertools
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

TOKEN = "pat-na1-for-tests"
_KNOWN = {
    "contacts": {"email", "firstname", "hs_language", "lifecyclestage"},
    "deals": {"dealname", "pipeline", "dealstage", "amount", "closedate", "hs_is_closed_won"},
}
_AT = "2026-11-22T12:00:00.000Z"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request. `drop` closes the connection: before the work is done, or `after` it."""

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    after: bool = False


def limited(policy: str = "TEN_SECONDLY_ROLLING", retry_after: str | None = None) -> Trouble:
    """The answer to too many calls."""
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": "c0",
        "policyName": policy,
    }
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Trouble(429, json.dumps(body).encode(), headers)


def broken(status: int = 502) -> Trouble:
    """A gateway's page instead of an answer."""
    return Trouble(status, b"<html>Bad Gateway</html>")


class FakeHubSpot:
    """`async with FakeHubSpot() as fake: fake.url`. `calls` is "METHOD path" of each request, in order."""

    def __init__(self) -> None:
        self.contacts: dict[str, dict[str, str]] = {}
        self.deals: dict[str, dict[str, str]] = {}
        self.properties: dict[str, dict[str, dict[str, Any]]] = {"contacts": {}, "deals": {}}
        self.associations: set[tuple[str, str]] = set()
        self.purged: list[str] = []
        self.troubles: list[Trouble | None] = []
        self.calls: list[str] = []
        self.silent_from = sys.maxsize
        self.token = TOKEN
        self.url = ""
        self._ids = itertools.count(101)

    async def __aenter__(self) -> Self:
        self._speaks = asyncio.Event()
        app = web.Application(middlewares=[self._guarded])
        app.router.add_get("/crm/v3/properties/{kind}/{name}", self._property)
        app.router.add_post("/crm/v3/properties/{kind}", self._make_property)
        app.router.add_post("/crm/v3/objects/contacts/merge", self._merge)
        app.router.add_post("/crm/v3/objects/contacts/gdpr-delete", self._purge)
        app.router.add_post("/crm/v3/objects/{kind}", self._create)
        app.router.add_get("/crm/v3/objects/{kind}/{id}", self._get)
        app.router.add_patch("/crm/v3/objects/{kind}/{id}", self._update)
        app.router.add_delete("/crm/v3/objects/{kind}/{id}", self._archive)
        app.router.add_put("/crm/v4/objects/{kind}/{id}/associations/default/{other}/{other_id}", self._associate)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def objects(self, kind: str) -> dict[str, dict[str, str]]:
        return self.contacts if kind == "contacts" else self.deals

    def speak(self) -> None:
        """Answer again. Who was not answered is not listened to any more, as their client has given up."""
        self.silent_from = sys.maxsize
        self._speaks.set()

    def add_contact(self, **properties: str) -> str:
        """A contact that was there before."""
        number = str(next(self._ids))
        self.contacts[number] = dict(properties)
        return number

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path}")
        if len(self.contacts) >= self.silent_from:
            await self._speaks.wait()
            return _dropped(request)
        trouble = self.troubles.pop(0) if self.troubles else None
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if trouble and trouble.status:
            return web.Response(status=trouble.status, body=trouble.body, headers=trouble.headers)
        if trouble and trouble.drop and not trouble.after:
            return _dropped(request)
        answer: web.StreamResponse = await handler(request)
        return _dropped(request) if trouble and trouble.drop else answer

    async def _property(self, request: web.Request) -> web.Response:
        kind, name = request.match_info["kind"], request.match_info["name"]
        found = self.properties[kind].get(name)
        return web.json_response(found) if found else _error(404, "OBJECT_NOT_FOUND", f"Property {name} does not exist")

    async def _make_property(self, request: web.Request) -> web.Response:
        given, kind = await request.json(), request.match_info["kind"]
        if given["name"] in self.properties[kind]:
            return _error(409, "OBJECT_ALREADY_EXISTS", f"A property named '{given['name']}' already exists.")
        self.properties[kind][given["name"]] = {"options": [], "hasUniqueValue": False, **given, "description": ""}
        return web.json_response(self.properties[kind][given["name"]], status=201)

    async def _get(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        by = request.query.get("idProperty")
        if by and by != "email" and not self.properties[kind].get(by, {}).get("hasUniqueValue"):
            return _error(400, "VALIDATION_ERROR", f"Property {by} is not a unique property")
        number = self._find(kind, request.match_info["id"], by)
        return self._shown(kind, number) if number else _error(404, "OBJECT_NOT_FOUND", "Object not found.")

    async def _create(self, request: web.Request) -> web.Response:
        kind, given = request.match_info["kind"], await request.json()
        refusal = self._refusal(kind, given["properties"], None)
        if refusal:
            return refusal
        number = str(next(self._ids))
        self.objects(kind)[number] = dict(given["properties"])
        for link in given.get("associations") or ():
            assert link["types"][0] == {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}
            self.associations.add((number, link["to"]["id"]))
        return self._shown(kind, number, 201)

    async def _update(self, request: web.Request) -> web.Response:
        kind, number, given = request.match_info["kind"], request.match_info["id"], await request.json()
        if number not in self.objects(kind):
            return _error(404, "OBJECT_NOT_FOUND", "Object not found.")
        refusal = self._refusal(kind, given["properties"], number)
        if refusal:
            return refusal
        self.objects(kind)[number].update(given["properties"])
        return self._shown(kind, number)

    async def _archive(self, request: web.Request) -> web.Response:
        self.objects(request.match_info["kind"]).pop(request.match_info["id"], None)
        return web.Response(status=204)

    async def _purge(self, request: web.Request) -> web.Response:
        number = (await request.json())["objectId"]
        self.purged.append(number)
        self.contacts.pop(number, None)
        return web.Response(status=204)

    async def _merge(self, request: web.Request) -> web.Response:
        given = await request.json()
        gone = self.contacts.pop(given["objectIdToMerge"])
        primary = given["primaryObjectId"]
        self.contacts[primary] = {**gone, **self.contacts[primary]}
        self.associations = {
            (deal, primary if to == given["objectIdToMerge"] else to) for deal, to in self.associations
        }
        return self._shown("contacts", primary)

    async def _associate(self, request: web.Request) -> web.Response:
        given = request.match_info
        self.associations.add((given["id"], given["other_id"]))
        body = {"status": "COMPLETE", "startedAt": _AT, "completedAt": _AT, "results": []}
        return web.json_response(body)

    def _find(self, kind: str, value: str, by: str | None) -> str | None:
        if by is None:
            return value if value in self.objects(kind) else None
        return next((number for number, each in self.objects(kind).items() if each.get(by) == value), None)

    def _refusal(self, kind: str, given: dict[str, str], number: str | None) -> web.Response | None:
        unknown = given.keys() - _KNOWN[kind] - self.properties[kind].keys()
        if unknown:
            return _error(400, "VALIDATION_ERROR", f'Property values were not valid: "{sorted(unknown)}" do not exist')
        email = given.get("email")
        if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", email):
            return _error(400, "VALIDATION_ERROR", f"Property values were not valid: {email} is no address")
        other = self._find(kind, email, "email") if email else None
        if other and other != number:
            return _error(409, "CONFLICT", f"Contact already exists. Existing ID: {other}")
        return None

    def _shown(self, kind: str, number: str, status: int = 200) -> web.Response:
        body = {
            "id": number,
            "properties": self.objects(kind)[number],
            "createdAt": _AT,
            "updatedAt": _AT,
            "archived": False,
        }
        return web.json_response(body, status=status)


def _error(status: int, category: str, message: str) -> web.Response:
    body = {"status": "error", "message": message, "correlationId": "c0", "category": category}
    return web.json_response(body, status=status)


def _dropped(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
