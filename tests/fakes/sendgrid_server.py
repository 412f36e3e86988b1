"""A fake SendGrid: a real HTTP server on loopback with the mail endpoint, and its signed event webhook's other half.

It takes what SendGrid documents and refuses what SendGrid refuses. Each entry of `troubles` is used up by one request.
Events are signed as SendGrid says: ECDSA with SHA-256 over the timestamp's digits followed by the body.
"""

import base64
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = "SG.for.tests"
SECRET_NUMBER = 0x1F2E3D4C5B6A79880123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
"""The private key of the events, fixed so that signatures can be made anywhere."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request. `drop` closes the connection: before the e-mail is taken, or `after`."""

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    after: bool = False


def limited(reset: int | None = None, retry_after: str | None = None) -> Trouble:
    """The answer to too many calls; `reset` is the moment at which the limit ends."""
    headers = {"X-RateLimit-Reset": str(reset)} if reset is not None else {}
    return Trouble(429, _errors("too many requests"), headers | ({"Retry-After": retry_after} if retry_after else {}))


class FakeSendGrid:
    """`async with FakeSendGrid() as fake: fake.url`. `mails` are the bodies that were taken, in order."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []
        self.troubles: list[Trouble | None] = []
        self.requests = 0
        self.key = KEY
        self.url = ""
        self._ids = itertools.count(1)
        self._private = ec.derive_private_key(SECRET_NUMBER, ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """As SendGrid's settings show it."""
        der = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v3/mail/send", self._send)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def event(self, kind: str, mail: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """An event about an e-mail that was taken."""
        to = mail["personalizations"][0]
        return {
            "email": to["to"][0]["email"],
            "timestamp": 1795000000,
            "smtp-id": "<14c5d75ce93@geopod-ismtpd-1>",
            "event": kind,
            "category": mail["categories"],
            "sg_event_id": f"event{next(self._ids)}",
            "sg_message_id": "14c5d75ce93.filter0001.0",
            "ip": "192.0.2.7",
            "useragent": "Mozilla/5.0",
            **to["custom_args"],
            **fields,
        }

    def post(self, *events: dict[str, Any], at: int) -> tuple[bytes, dict[str, str]]:
        """The body and the headers with which SendGrid posts events."""
        body = json.dumps(list(events)).encode() + b"\r\n"
        signature = self._private.sign(str(at).encode() + body, ec.ECDSA(SHA256()))
        headers = {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": str(at),
        }
        return body, headers

    async def _send(self, request: web.Request) -> web.Response:
        self.requests += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            message = "The provided authorization grant is invalid, expired, or revoked"
            return web.Response(status=401, body=_errors(message), content_type="application/json")
        if trouble and trouble.status:
            return web.Response(status=trouble.status, body=trouble.body, headers=trouble.headers)
        if trouble and trouble.drop and not trouble.after:
            return _dropped(request)
        answer = self._take(await request.json())
        return _dropped(request) if trouble and trouble.drop else answer

    def _take(self, mail: dict[str, Any]) -> web.Response:
        for holds, field_name, message in _CHECKS:
            if not holds(mail):
                body = _errors(message, field_name)
                return web.Response(status=400, body=body, content_type="application/json")
        self.mails.append(mail)
        return web.Response(status=202, headers={"X-Message-Id": f"message{next(self._ids)}"})


Check = tuple[Callable[[dict[str, Any]], bool], str, str]
_RESERVED = {"to", "from", "subject", "reply-to", "cc", "bcc", "content-type", "received", "dkim-signature"}
_CHECKS: tuple[Check, ...] = (
    (lambda mail: bool(mail.get("subject")), "subject", "The subject is required."),
    (
        lambda mail: [part["type"] for part in mail["content"]] == ["text/plain", "text/html"],
        "content",
        "If present, text/plain must be first, followed by text/html.",
    ),
    (
        lambda mail: all(part["value"] for part in mail["content"]),
        "content.value",
        "The content value must be a string.",
    ),
    (
        lambda mail: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", mail["personalizations"][0]["to"][0]["email"])),
        "personalizations.0.to.0.email",
        "Does not contain a valid address.",
    ),
    (
        lambda mail: all(isinstance(value, str) for value in mail["personalizations"][0]["custom_args"].values()),
        "personalizations.0.custom_args",
        "The custom_args values must be strings.",
    ),
    (
        lambda mail: not {name.lower() for name in mail.get("headers", {})} & _RESERVED,
        "headers",
        "The header is reserved.",
    ),
)


def _errors(message: str, field_name: str | None = None) -> bytes:
    return json.dumps({"errors": [{"message": message, "field": field_name, "help": None}]}).encode()


def _dropped(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
