"""Brenda on one database for all tests of the agent, where every test has a chat of its own."""

from collections.abc import AsyncIterator

import pytest

from agent.turn import Brenda
from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from core.integrations.queue import Queue
from tests.brendas import Talk, at_present, brenda_on, queue_on
from tests.databases import cloned_pool
from tests.fakes.openai_server import FakeOpenAI, seller


@pytest.fixture(scope="session")
async def pool(postgres: EmbeddedPostgres, seeded_template: str) -> AsyncIterator[Pool]:
    """A database that the tests share; who changes what others read takes `database` instead."""
    async with cloned_pool(postgres, seeded_template) as opened:
        yield opened


@pytest.fixture(scope="session")
async def queue(pool: Pool) -> AsyncIterator[Queue]:
    async with queue_on(pool) as opened:
        yield opened


@pytest.fixture(scope="session")
async def embedded_brenda(pool: Pool, queue: Queue) -> AsyncIterator[Brenda]:
    async with brenda_on(pool, queue) as made:
        yield made


@pytest.fixture(scope="session")
async def provider() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="session")
async def asking_brenda(pool: Pool, queue: Queue, provider: FakeOpenAI) -> AsyncIterator[Brenda]:
    async with brenda_on(pool, queue, provider) as made:
        yield made


@pytest.fixture
def brenda(embedded_brenda: Brenda) -> Brenda:
    """Brenda with the embedded model, at the present moment."""
    return at_present(embedded_brenda)


@pytest.fixture
def fake(provider: FakeOpenAI) -> FakeOpenAI:
    """The provider of `asking`, which nobody has asked yet; a test scripts it by `fake.respond`."""
    provider.respond, provider.count = seller(), 0
    provider.requests.clear()
    return provider


@pytest.fixture
def asking(asking_brenda: Brenda, fake: FakeOpenAI) -> Brenda:
    """Brenda with a model behind an OpenAI-compatible endpoint, at the present moment."""
    return at_present(asking_brenda)


@pytest.fixture
def talk(brenda: Brenda) -> Talk:
    """A new prospect who talks with the embedded model."""
    return Talk(brenda)


@pytest.fixture
def asked(asking: Brenda) -> Talk:
    """A new prospect who talks with the model of `fake`."""
    return Talk(asking)
