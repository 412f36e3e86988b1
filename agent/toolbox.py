"""The tools as the model sees them, and how its calls are carried out.

Descriptions come from `prompts/tools/`, arguments from each tool's own type. A call that cannot be carried out (an
unknown tool, arguments that do not fit) is answered to the model with a reason and changes nothing; an error of the
database ends the turn, which is then run again.
"""

import asyncio
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import structlog
from langchain_core.messages import ToolCall as ModelCall
from langchain_core.messages import ToolMessage
from pydantic import ValidationError

from agent.intake import kept_text
from core.context import Context
from core.domain.tools import ToolCall, ToolResult
from core.errors import OfferError
from core.prompts.prompt_set import PromptSet
from tools import TOOLS
from tools.tool import Tool

log = structlog.get_logger(__name__)

MOST_CALLS = 3
"""Calls of one answer that are carried out; a model that asks for more is told so."""

FRAME_CHARS = 100
"""What a result costs beside its facts."""

NAMES = tuple(tool.name for tool in TOOLS)
_BY_NAME = {tool.name: tool for tool in TOOLS}


@lru_cache(maxsize=4)
def _all_schemas(prompts: PromptSet) -> dict[str, dict[str, Any]]:
    return {tool.name: _schema(tool, prompts) for tool in TOOLS}


def schemas(prompts: PromptSet, offered: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """OpenAI function schemas of the offered tools, in their fixed order."""
    known = _all_schemas(prompts)
    return tuple(known[name] for name in NAMES if name in offered)


def _schema(tool: Tool[Any], prompts: PromptSet) -> dict[str, Any]:
    parameters = _untitled(tool.arguments.model_json_schema())
    description = prompts.render(f"tools/{tool.name}")
    return {"type": "function", "function": {"name": tool.name, "description": description, "parameters": parameters}}


def _untitled(schema: Any) -> Any:
    """Without pydantic's generated titles, which cost tokens and say nothing; a property named "title" stays."""
    if isinstance(schema, dict):
        return {key: _untitled(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    return [_untitled(item) for item in schema] if isinstance(schema, list) else schema


async def carry_out(
    calls: Sequence[ModelCall], offered: Sequence[str], context: Context, room: int
) -> list[tuple[ToolCall, ToolResult, ToolMessage]]:
    """Run the calls of one answer side by side; what was done, what it brought, and how the model is told.

    The model is told as many facts as fit into `room` characters, so that no result can burst the prompt's budget.
    """
    results = await asyncio.gather(*(_run(call, place, offered, context) for place, call in enumerate(calls)))
    return [
        (
            ToolCall(name=kept_text(call["name"])[:64], args=_kept(dict(call["args"])), missing=result.missing),
            result,
            ToolMessage(_for_model(result, room // len(calls)), tool_call_id=call["id"] or call["name"]),
        )
        for call, result in zip(calls, results, strict=True)
    ]


async def _run(call: ModelCall, place: int, offered: Sequence[str], context: Context) -> ToolResult:
    name = call["name"]
    if place >= MOST_CALLS:
        return ToolResult(missing="too_many_calls")
    if name not in offered:
        log.warning("tool_not_offered", tool=name)
        return ToolResult(missing="not_offered")
    tool = _BY_NAME[name]
    try:
        return await tool.run(tool.arguments.model_validate(call["args"]), context)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        return ToolResult(missing=f"bad_arguments: {wrong}"[:300])
    except OfferError:
        return ToolResult(missing="offer_gone")


def _kept(value: Any) -> Any:
    """Arguments as they can be recorded, whatever characters a model put into them."""
    if isinstance(value, dict):
        return {kept_text(key): _kept(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_kept(item) for item in value]
    return kept_text(value) if isinstance(value, str) else value


def _for_model(result: ToolResult, room: int) -> str:
    facts: list[dict[str, object]] = []
    for fact in result.facts:
        told: dict[str, object] = fact.model_dump(mode="json")
        room -= len(json.dumps(told, ensure_ascii=False)) + 2
        if room < FRAME_CHARS:
            log.warning("tool_result_shortened", told=len(facts), brought=len(result.facts))
            break
        facts.append(told)
    return json.dumps({"facts": facts, "missing": result.missing}, ensure_ascii=False)
