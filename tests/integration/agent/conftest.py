"""Brenda on one database for all tests of the agent, where every test has a chat of its own."""

from collections.abc import AsyncIterator

import pytest

from agent.turn import Brenda
from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from core.integrations.queue import Queue
from tests.brendas import Talk, brenda_on, queue_on
from tests.databases import cloned_pool
from tests.fakes.openai_server import FakeOpenAI


@pytest.fixture(scope="session")
async def pool(postgres: EmbeddedPostgres, seeded_template: str) -> AsyncIterator[Pool]:
    """A database that the tests share; who changes what others read takes `database` instead."""
    async with cloned_pool(postgres, seeded_template) as opened:
        yield opened


@pytest.fixture(scope="session")
async def queue(pool: Pool) -> AsyncIterator[Queue]:
    async with queue_on(pool) as opened:
        yield opened


@pytest.fixture
async def brenda(pool: Pool, queue: Queue) -> AsyncIterator[Brenda]:
    """Brenda with the embedded model."""
    async with brenda_on(pool, queue) as made:
        yield made


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    """The provider of `asking`; a test scripts it by `fake.respond`."""
    async with FakeOpenAI() as server:
        yield server


@pytest.fixture
async def asking(pool: Pool, queue: Queue, fake: FakeOpenAI) -> AsyncIterator[Brenda]:
    """Brenda with a model behind an OpenAI-compatible endpoint."""
    async with brenda_on(pool, queue, fake) as made:
        yield made


@pytest.fixture
async def talk(brenda: Brenda) -> Talk:
    """A new prospect who talks with the embedded model."""
    return Talk(brenda)


@pytest.fixture
async def asked(asking: Brenda) -> Talk:
    """A new prospect who talks with the model of `fake`."""
    return Talk(asking)
