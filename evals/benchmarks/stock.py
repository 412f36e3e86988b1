"""LangChain's stock agent: `create_agent` with four tools and AsyncPostgresSaver, both at their defaults.

It has Brenda's own system message and four of her tools by name and description. Its tools cost no query: they return
facts of the same form and length as Brenda's tools do. It keeps its whole history, and has no inbox, no queue, no
selection, no verification and no outbox.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import StructuredTool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import SecretStr

from evals.benchmarks.contestant import MODEL, POOL_SIZE, TEMPERATURE
from evals.benchmarks.endpoint import Endpoint
from evals.benchmarks.lines import Mix, line


@dataclass(frozen=True, slots=True)
class Outfit:
    """What it takes over from Brenda: her system message, four tools (name to description) and a tool's answer."""

    system: str
    tools: dict[str, str]
    facts: str


@dataclass(frozen=True, slots=True)
class StockAgent:
    """The compiled agent."""

    agent: Any

    async def prepare(self, chats: Sequence[str]) -> None:
        """Nothing is needed: a thread begins with its first turn."""

    async def take_turn(self, chat: str, mix: Mix, number: int) -> float:
        """Invoke it as its documentation does."""
        said = {"messages": [{"role": "user", "content": line(mix, number)}]}
        await self.agent.ainvoke(said, {"configurable": {"thread_id": chat}})
        return time.perf_counter()


@asynccontextmanager
async def open_stock(url: str, endpoint: Endpoint, outfit: Outfit) -> AsyncIterator[StockAgent]:
    """The agent on a pool of connections, made as the saver's documentation asks for."""
    options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: Any = AsyncConnectionPool(url, kwargs=options, min_size=2, max_size=POOL_SIZE, open=False)
    async with pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        model = ChatOpenAI(model=MODEL, temperature=TEMPERATURE, base_url=endpoint.base_url, api_key=SecretStr("none"))
        tools = [_tool(name, description, outfit.facts) for name, description in outfit.tools.items()]
        yield StockAgent(create_agent(model, tools, system_prompt=outfit.system, checkpointer=saver))


def _tool(name: str, description: str, facts: str) -> StructuredTool:
    async def run() -> str:
        return facts

    return StructuredTool.from_function(coroutine=run, name=name, description=description)
