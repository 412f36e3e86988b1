"""The shape of a tool: a name, typed arguments, and one coroutine that returns facts.

A tool's description for the model is not here but in `prompts/tools/<name>.md.j2`, where admins can edit it.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from core.context import Context
from core.domain.tools import ToolResult


class Arguments(BaseModel):
    """Arguments of a tool. Unknown ones are refused, so that a model's slip is told to it and not swallowed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=500, str_strip_whitespace=True)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """One thing that Brenda can do."""

    name: str
    arguments: type[A]
    run: Callable[[A, Context], Awaitable[ToolResult]]


def idempotency_key(context: Context, tool: str, arguments: Arguments) -> str:
    """The same call in the same turn gives the same key, so that a turn that is run again writes nothing twice."""
    digest = hashlib.sha256(arguments.model_dump_json().encode()).hexdigest()[:16]
    return f"{context.turn_id}:{tool}:{digest}"
