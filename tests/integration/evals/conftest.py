"""A stage for conversations: lanes on the tests' own server, cloned from the evals' template."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from core.db.embedded import EmbeddedPostgres
from core.db.pool import Pool
from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from evals.database import open_lane
from evals.playing import Job, Played, play
from evals.stage import Stage, open_stage, stage_settings
from evals.template import ensure_template
from tests.evaluations import PERSONA, make_scenario
from tests.worlds import ROOT, load_prompts

Plays = Callable[..., Awaitable[Played]]


@pytest.fixture(scope="session")
async def evals_template(postgres: EmbeddedPostgres) -> str:
    """The name of the evals' template."""
    return await ensure_template(postgres)


@pytest.fixture
async def lane(postgres: EmbeddedPostgres, evals_template: str) -> AsyncIterator[Pool]:
    """A pool on a lane."""
    async with open_lane(postgres.url, evals_template) as pool:
        yield pool


@pytest.fixture
def prompts() -> PromptSet:
    """The project's own prompts."""
    return load_prompts()


@pytest.fixture
def own_settings() -> Settings:
    """The settings of a stage, whatever the machine's environment says."""
    return stage_settings(Settings(_env_file=None, media_dir=ROOT / "supabase" / "storage"))


@pytest.fixture
async def stage(lane: Pool, prompts: PromptSet, own_settings: Settings) -> AsyncIterator[Stage]:
    """A stage with the embedded model."""
    async with open_stage(lane, prompts, own_settings) as stage:
        yield stage


@pytest.fixture
def plays(stage: Stage) -> Plays:
    """Plays a scenario that is given by its fields."""

    async def played(seed: int = 0, **fields: Any) -> Played:
        return await play(stage, Job("s", make_scenario(**fields), PERSONA, seed))

    return played
