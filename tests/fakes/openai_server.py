"""A fake OpenAI-compatible endpoint: a real HTTP server on loopback that answers from a script.

It stands in for the provider's edge in tests and in benchmarks, so it costs as little as it can: one asyncio protocol
that reads a request by its Content-Length, asks `respond` what to say, and writes one answer, perhaps late, broken or
never. A test holds it as `async with FakeOpenAI(...) as fake: fake.base_url`; a benchmark runs it as its own process,
`python -m tests.fakes.openai_server --port 0 --latency 0.3`, which prints its address on one line.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Self

Body = dict[str, Any]

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests", 500: "Internal Server Error"}
SECRET_HEADERS = frozenset({"authorization", "cookie", "api-key", "x-api-key"})
HIDDEN = "(hidden)"


class Ending(StrEnum):
    """How far an answer gets: all of it, half of its body, nothing but a closed connection, or nothing at all."""

    WHOLE = "whole"
    CUT = "cut"
    DROPPED = "dropped"
    NEVER = "never"


@dataclass(frozen=True)
class Use:
    """A tool call that the fake model makes. A `str` as arguments goes onto the wire as it is, valid JSON or not."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)
    id: str = "call_1"


@dataclass(frozen=True)
class Answer:
    """One answer: a completion of `text` and `uses`, or `body` as it is. `latency`: seconds on top of the server's."""

    text: str | None = "Claro, con gusto te cuento del curso."
    uses: tuple[Use, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    latency: float = 0.0
    ending: Ending = Ending.WHOLE


Respond = Callable[[Body], Answer]


@dataclass(frozen=True)
class Recorded:
    """A request as it came: `headers` in lower case with secrets hidden, `characters` the length of the JSON text."""

    path: str
    headers: Mapping[str, str]
    body: Body
    characters: int


class Parsed(NamedTuple):
    """An HTTP request cut out of a connection's bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def says(text: str) -> Answer:
    """A plain reply."""
    return Answer(text=text)


def uses(name: str, **arguments: Any) -> Answer:
    """A reply that calls one tool."""
    return Answer(text=None, uses=(Use(name, arguments),))


def fails(status: int, retry_after: str | None = None, code: str = "", message: str = "scripted") -> Answer:
    """An error as OpenAI words it; `retry_after` is the header's value, in seconds."""
    body = json.dumps({"error": {"message": message, "type": "scripted_error", "code": code or None}}).encode()
    return Answer(status=status, body=body, headers={} if retry_after is None else {"Retry-After": retry_after})


def script(*answers: Answer) -> Respond:
    """Gives these answers in turn, and the last one for ever."""
    left = list(answers)
    return lambda _body: left.pop(0) if len(left) > 1 else left[0]


def seller(tool: str = "", **arguments: Any) -> Respond:
    """Deterministic: calls `tool`, if it is offered, as long as a person spoke last; else replies with text."""

    def respond(body: Body) -> Answer:
        offered = any(item["function"]["name"] == tool for item in body.get("tools", ()))
        return uses(tool, **arguments) if offered and body["messages"][-1]["role"] == "user" else Answer()

    return respond


class FakeOpenAI:
    """The server. With a `key`, other bearer tokens get 401. `record=False` keeps counts but no bodies."""

    def __init__(
        self, respond: Respond | None = None, key: str = "", latency: float = 0.0, port: int = 0, record: bool = True
    ) -> None:
        self.respond: Respond = respond or seller()
        self.requests: list[Recorded] = []
        self.count = 0
        self.characters = 0
        self.base_url = ""
        self.connections: set[asyncio.Transport] = set()
        self._key, self._latency, self._port, self._record = key, latency, port, record
        self._server: asyncio.Server | None = None
        self._held: list[tuple[asyncio.Transport, Answer, bytes]] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self._port)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for transport in list(self.connections):
            transport.abort()
        await self._server.wait_closed()

    def hold(self) -> None:
        """Keep every answer back from now on, also the one that is being decided, until `release`."""
        self._held = self._held or []

    def release(self) -> None:
        """Give the answers that were held back, and those to come, as if they had been asked for now."""
        held, self._held = self._held or [], None
        for each in held:
            self._give(*each)

    @property
    def waiting(self) -> int:
        """How many still wait for an answer that is held back."""
        return sum(not transport.is_closing() for transport, _, _ in self._held or ())

    def serve(self, request: Parsed, transport: asyncio.Transport) -> None:
        """Decide the answer to a request and write it when its time has come."""
        answer, content = self._answer(request)
        if answer.ending is Ending.NEVER:
            return
        if self._held is not None:
            self._held.append((transport, answer, content))
        else:
            self._give(transport, answer, content)

    def _give(self, transport: asyncio.Transport, answer: Answer, content: bytes) -> None:
        delay = self._latency + answer.latency
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, _write, transport, answer, content)
        else:
            _write(transport, answer, content)

    def _answer(self, request: Parsed) -> tuple[Answer, bytes]:
        if request.path.endswith("/stats"):
            return Answer(), json.dumps({"requests": self.count, "characters": self.characters}).encode()
        answer = self._decide(request)
        if answer.body is not None:
            return answer, answer.body
        return answer, _completion(answer, self.count, len(request.body))

    def _decide(self, request: Parsed) -> Answer:
        if request.method != "POST" or not request.path.endswith("/chat/completions"):
            return fails(404, message=f"no such path: {request.path}")
        text = request.body.decode()
        body: Body = json.loads(text)
        self.count += 1
        self.characters += len(text)
        if self._record:
            shown = {name: HIDDEN if name in SECRET_HEADERS else value for name, value in request.headers.items()}
            self.requests.append(Recorded(request.path, shown, body, len(text)))
        if self._key and request.headers.get("authorization") != f"Bearer {self._key}":
            return fails(401, code="invalid_api_key", message=f"bad key {request.headers.get('authorization')}")
        return fails(400, message="streaming is not simulated") if body.get("stream") else self.respond(body)


class _Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, fake: FakeOpenAI) -> None:
        self._fake = fake
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._fake.connections.add(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._fake.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (request := _cut(self._buffer)) is not None:
            self._fake.serve(request, self._transport)


def _cut(buffer: bytearray) -> Parsed | None:
    """Take the first whole request off the buffer; None while some of it is still on its way."""
    head_end = buffer.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    first, *lines = buffer[:head_end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    end = head_end + 4 + int(headers.get("content-length", "0"))
    if len(buffer) < end:
        return None
    body = bytes(buffer[head_end + 4 : end])
    del buffer[:end]
    method, path, _version = first.split(" ", 2)
    return Parsed(method, path, headers, body)


def _write(transport: asyncio.Transport, answer: Answer, content: bytes) -> None:
    if transport.is_closing() or answer.ending is Ending.DROPPED:
        transport.close()
        return
    extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    head = (
        f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Scripted')}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n{extra}\r\n"
    ).encode()
    if answer.ending is Ending.CUT:
        transport.write(head + content[: len(content) // 2])
        transport.close()
    else:
        transport.write(head + content)


def _completion(answer: Answer, number: int, prompt_size: int) -> bytes:
    message: Body = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.uses:
        message["tool_calls"] = [_tool_call(use) for use in answer.uses]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if answer.uses else "stop"}
    usage = {"prompt_tokens": prompt_size // 4, "completion_tokens": 20, "total_tokens": prompt_size // 4 + 20}
    body = {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1, "model": "fake"}
    return json.dumps({**body, "choices": [choice], "usage": usage}, ensure_ascii=False).encode()


def _tool_call(use: Use) -> Body:
    arguments = use.arguments if isinstance(use.arguments, str) else json.dumps(dict(use.arguments), ensure_ascii=False)
    return {"id": use.id, "type": "function", "function": {"name": use.name, "arguments": arguments}}


async def _serve_forever(options: argparse.Namespace) -> None:
    respond = seller(options.tool, **json.loads(options.arguments))
    async with FakeOpenAI(respond, latency=options.latency, port=options.port, record=False) as fake:
        print(fake.base_url, flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the server as its own process until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.openai_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--tool", default="", help="the tool that is called when a person spoke last")
    parser.add_argument("--arguments", default="{}", help="JSON object: what that tool is called with")
    try:
        asyncio.run(_serve_forever(parser.parse_args(arguments)))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
