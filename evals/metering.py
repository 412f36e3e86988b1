"""A chain of models that writes down what each question cost (characters, the provider's tokens, calls) and told.

What a brief tells beside the course's own facts, such as a booked demonstration, is evidence too, and known only here.
"""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage

from core.integrations.model_chain import Answer, Deadline, ModelChain, Tools
from evals.record import ModelRequest

COURSES = '"source": "courses:'


class MeteredChain(ModelChain):
    """Passes every question on. `take` gives what was asked since it was last called."""

    def __init__(self, chain: ModelChain) -> None:
        self._chain = chain
        self._requests: list[ModelRequest] = []
        self._told: dict[str, dict[str, str]] = {}

    def deadline(self) -> Deadline:
        """A turn's whole time, from now."""
        return self._chain.deadline()

    async def aclose(self) -> None:
        """Close the connections of the remote models."""
        await self._chain.aclose()

    async def ask(self, messages: list[BaseMessage], tools: Tools = (), deadline: Deadline | None = None) -> Answer:
        """Get an answer, and note it."""
        answer = await self._chain.ask(messages, tools, deadline)
        self._requests.append(_request(messages, answer))
        self._told.update(_told(str(messages[0].content)))
        return answer

    def take(self) -> tuple[ModelRequest, ...]:
        """The requests since the last time."""
        taken, self._requests = tuple(self._requests), []
        return taken

    def told(self) -> tuple[dict[str, str], ...]:
        """The facts of the briefs since the last time, without the courses' own."""
        told, self._told = tuple(self._told.values()), {}
        return told


def _told(system: str) -> dict[str, dict[str, str]]:
    """Each line of facts that is of no course, by its own text."""
    lines = (line for line in system.splitlines() if line.startswith('{"key"') and COURSES not in line)
    return {line: _plain(json.loads(line)) for line in lines}


def _plain(fact: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in fact.items() if value}


def _request(messages: Sequence[BaseMessage], answer: Answer) -> ModelRequest:
    usage: Any = answer.message.usage_metadata or {}
    return ModelRequest(
        model=answer.model,
        calls=answer.calls,
        chars_in=sum(len(str(message.content)) for message in messages),
        chars_out=len(str(answer.message.content)) + sum(len(str(call["args"])) for call in answer.message.tool_calls),
        tokens_in=usage.get("input_tokens"),
        tokens_out=usage.get("output_tokens"),
    )
