"""What holds on every path: size limits, security headers, nothing kept in caches, and a log without personal data.

It stands around the framework as a plain ASGI layer, so that a streamed file passes untouched, a body that is too large
is refused while it arrives, also when its length was not announced, and an error of ours becomes a page and a log line.
"""

import time
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

BODY_LIMIT = 1_000_000
"""Bytes of a request's body."""

MOST_DRAINED = 16 * BODY_LIMIT
"""Bytes of a body that is too large which are read and thrown away, so that its sender hears why."""

Fault = Callable[[Request], Response]
"""The answer to a request in which something of ours broke."""
Observe = Callable[[str, str, int, float], None]
"""Told method, path template, status and seconds of each request."""

_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}
"""What is sent unless the page has set its own."""


class Guard:
    """An ASGI layer around the whole app."""

    def __init__(self, app: ASGIApp, fault: Fault, observe: Observe) -> None:
        self._app, self._fault, self._observe = app, fault, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, passage = time.perf_counter(), _Passage(receive, send)
        try:
            await self._pass(scope, passage)
        finally:
            seconds, path = time.perf_counter() - began, template_of(scope)
            self._observe(scope["method"], path, passage.status or 499, seconds)
            log.info(
                "http_request",
                method=scope["method"],
                path=path,
                status=passage.status,
                seconds=round(seconds, 4),
            )

    async def _pass(self, scope: Scope, passage: "_Passage") -> None:
        if _announced(scope) > BODY_LIMIT:
            await passage.refuse()
            return
        try:
            await self._app(scope, passage.receive, passage.send)
        except Exception as error:
            if passage.refused:
                return
            log.exception("http_fault", path=template_of(scope), error=type(error).__name__)
            if passage.status is None:
                await self._fault(Request(scope))(scope, passage.receive, passage.send)


class _Passage:
    """One request's messages in both directions, watched."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._bytes = 0
        self.status: int | None = None
        self.refused = False

    async def receive(self) -> Message:
        """The next message; when too much has come, the request is refused and the app told that nobody listens."""
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes <= BODY_LIMIT:
            return message
        if self.status is None:
            await self.refuse(bool(message.get("more_body", False)))
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass on what the app says, unless the request was refused."""
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, more: bool = True) -> None:
        """Answer 413 and hang up. What still comes is read first, or the answer would be lost with the connection."""
        while more and self._bytes < MOST_DRAINED:
            message = await self._receive()
            self._bytes += len(message.get("body", b""))
            more = bool(message.get("more_body", False))
        answer = PlainTextResponse("The body is larger than 1 MB.", 413, {"Connection": "close"})
        await answer({"type": "http", "method": "POST"}, self._receive, self.send)
        self.refused = True


def template_of(scope: Scope) -> str:
    """The path's template ("/r/{token}"), never the path itself, which may hold a token."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "(none)"


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0
