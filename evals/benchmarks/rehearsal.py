"""A rehearsal: Brenda's own conversations, so that the others are measured with the same prompts and tools.

What she asks of her model is written down turn by turn for the bare loop; the stock agent takes over her system
message, four of her tools, and what one of her tools answered.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage, convert_to_openai_messages

from agent.turn import Brenda
from core.integrations.model_chain import Answer, Deadline, ModelChain, Tools
from core.prompts.prompt_library import PromptLibrary
from evals.benchmarks.brenda import open_brenda
from evals.benchmarks.endpoint import Endpoint
from evals.benchmarks.lines import READERS, Mix
from evals.benchmarks.loop import Asked, Transcript
from evals.benchmarks.stock import Outfit

STOCK_TOOLS = 4


class _ListeningChain(ModelChain):
    """Passes every question on and writes it down."""

    def __init__(self, chain: ModelChain, asked: list[Asked]) -> None:
        self._chain, self._asked = chain, asked

    def deadline(self) -> Deadline:
        return self._chain.deadline()

    async def aclose(self) -> None:
        await self._chain.aclose()

    async def ask(self, messages: list[BaseMessage], tools: Tools = (), deadline: Deadline | None = None) -> Answer:
        written: Any = convert_to_openai_messages(messages)
        self._asked.append({"messages": written, **({"tools": list(tools)} if tools else {})})
        return await self._chain.ask(messages, tools, deadline)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was written down."""

    transcript: Transcript
    outfit: Outfit


@dataclass(frozen=True, slots=True)
class _Notes:
    asked: list[Asked] = field(default_factory=list)

    def listen(self, brenda: Brenda) -> Brenda:
        return replace(brenda, models=_ListeningChain(brenda.models, self.asked))


async def rehearse(url: str, endpoint: Endpoint, prompts: PromptLibrary, folder: Path, turns: int) -> Rehearsal:
    """One conversation of `turns` turns for each mix."""
    mixes, notes, transcript = list(Mix), _Notes(), dict[Mix, list[list[Asked]]]()
    async with open_brenda(url, endpoint, prompts, folder, notes.listen) as brenda:
        await brenda.prepare(mixes)
        for mix in mixes:
            transcript[mix] = []
            for number in range(turns):
                notes.asked.clear()
                await brenda.take_turn(mix, mix, number)
                transcript[mix].append(list(notes.asked))
    return Rehearsal(transcript, _outfit(transcript, prompts))


def _outfit(transcript: Transcript, prompts: PromptLibrary) -> Outfit:
    messages = [message for turns in transcript.values() for turn in turns for message in turn[-1]["messages"]]
    tools = {name: prompts.current.render(f"tools/{name}") for name in READERS[:STOCK_TOOLS]}
    facts = next(str(message["content"]) for message in messages if message["role"] == "tool")
    return Outfit(str(messages[0]["content"]), tools, facts)
