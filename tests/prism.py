"""Prism (`@stoplight/prism-cli` from npm), a peer that refuses each request which a description does not allow.

It is skipped where it is not installed. `json_door` stands in front of it for APIs that take forms: Prism cannot read
the lists of objects in Stripe's, and passes over fields that it does not know there. So the door hands over the same
fields as JSON, of which Prism checks every one.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import ClientSession, web

from tests.descriptions import FORM, JSON, request_schema, write
from tests.doors import open_door
from tests.supabase_lite import PEERS

_LISTENING = re.compile(rb"Prism is listening on (http://127\.0\.0\.1:\d+)")
_START_SECONDS = 120


@asynccontextmanager
async def prism(description: dict[str, Any], folder: Path) -> AsyncIterator[str]:
    """The address of a mock server that answers what the description allows, and refuses everything else."""
    program = PEERS / "node_modules" / ".bin" / "prism"
    if not program.exists():
        pytest.skip(f"@stoplight/prism-cli is not installed in {PEERS}; .ci/run does it where npm is")
    process = await asyncio.create_subprocess_exec(
        *(program, "mock", "--errors", "--host", "127.0.0.1", "--port", "0"),
        write(description, folder / "description.json"),
        env={"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}", "HOME": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(_START_SECONDS):
            url = await _listening(process.stdout)
        reading = asyncio.create_task(_drained(process.stdout))
        yield url
    finally:
        process.terminate()
        await process.wait()
        if reading:
            await reading


async def _listening(said: asyncio.StreamReader) -> str:
    lines = []
    while line := await said.readline():
        if found := _LISTENING.search(line):
            return found[1].decode()
        lines.append(line.decode(errors="replace"))
    pytest.fail(f"Prism ended before it listened:\n{''.join(lines)[-2000:]}")


async def _drained(said: asyncio.StreamReader) -> None:
    """Read on: a full pipe would stop it."""
    while await said.read(65_536):
        pass


@asynccontextmanager
async def json_door(description: dict[str, Any], behind: str, seen: list[Any]) -> AsyncIterator[str]:
    """A door before Prism at `behind`: the form of each POST becomes JSON, which is also put into `seen`."""
    async with ClientSession() as session:

        async def pass_on(request: web.Request) -> web.Response:
            form = parse_qsl(await request.text(), keep_blank_values=True)
            body = None
            if request.method == "POST" and form:
                body = _typed(_tree(form), request_schema(description, request.path, JSON))
                seen.append(body)
            headers = {"Authorization": request.headers.get("Authorization", "")}
            async with session.request(request.method, f"{behind}{request.path}", json=body, headers=headers) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type=JSON)

        async with open_door(pass_on) as address:
            yield address


def as_json(description: dict[str, Any]) -> dict[str, Any]:
    """The description with JSON wherever it takes a form; its schemas stay as they are."""
    for path in description["paths"].values():
        content = path.get("post", {}).get("requestBody", {}).get("content", {})
        if FORM in content:
            content[JSON] = {"schema": content.pop(FORM)["schema"]}
    return description


def _tree(form: list[tuple[str, str]]) -> Any:
    """`a[b][0]=x` as {"a": {"b": ["x"]}}."""
    tree: dict[str, Any] = {}
    for name, value in form:
        *way, last = re.findall(r"[^\[\]]+", name)
        place = tree
        for step in way:
            place = place.setdefault(step, {})
        place[last] = value
    return _lists(tree)


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inside = {name: _lists(part) for name, part in node.items()}
    return list(inside.values()) if all(name.isdigit() for name in inside) else inside


def _typed(node: Any, schema: dict[str, Any]) -> Any:
    """A form holds words only: what the schema wants as a number becomes one if it is one."""
    if isinstance(node, dict):
        fields = schema.get("properties", {})
        return {name: _typed(part, fields.get(name, {})) for name, part in node.items()}
    if isinstance(node, list):
        return [_typed(part, schema.get("items", {})) for part in node]
    return int(node) if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", node) else node
