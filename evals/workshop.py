"""What a process needs to play conversations, and the lanes on which it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.prompts.prompt_set import PromptSet
from core.settings import Settings
from evals.cassette import Deck, Secrets
from evals.database import open_lane
from evals.isolation import sealed
from evals.playing import Job, Played, play
from evals.stage import EMBEDDED, Stage, open_stage, stage_settings

LANES = 2
"""Conversations at a time in one process: one is computed here while another's statement runs in the server."""

Next = Callable[[], Awaitable[Job | None]]
Done = Callable[[Job, Played], None]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Plain data, so that it can be handed to another process. `settings` are the machine's own.

    `deck`: with a folder of recordings, whether they are made or replayed.
    """

    server_url: str
    template: str
    prompts: Path
    settings: Settings
    model: str = EMBEDDED
    lanes: int = LANES
    cassette: Path | None = None
    mode: Literal["record", "replay", "none"] = "none"

    @property
    def offline(self) -> bool:
        """Whether no network may be used."""
        return self.model == EMBEDDED or self.mode == "replay"

    @asynccontextmanager
    async def stages(self, lanes: int | None = None, prompts: PromptSet | None = None) -> AsyncIterator[list[Stage]]:
        """As many stages as there are lanes, each on a database of its own. `prompts`: if they are read."""
        prompts = prompts or PromptSet.load(self.prompts)
        model = EMBEDDED if self.mode == "replay" else self.model
        settings = stage_settings(self.settings, model)
        async with AsyncExitStack() as stack:
            stack.enter_context(sealed() if self.offline else nullcontext())
            stages = []
            for _ in range(lanes or self.lanes):
                pool = await stack.enter_async_context(open_lane(self.server_url, self.template))
                deck = self._deck(prompts)
                stages.append(await stack.enter_async_context(open_stage(pool, prompts, settings, model, deck)))
            yield stages

    def _deck(self, prompts: PromptSet) -> Deck | None:
        if self.cassette is None or self.mode == "none":
            return None
        return Deck(self.cassette, self.mode, self.model, prompts, Secrets(self.settings))

    async def work(
        self, following: Next, done: Done, lanes: int | None = None, prompts: PromptSet | None = None
    ) -> None:
        """Play until nothing follows."""
        async with self.stages(lanes, prompts) as stages, asyncio.TaskGroup() as group:
            for stage in stages:
                group.create_task(_lane(stage, following, done))


async def _lane(stage: Stage, following: Next, done: Done) -> None:
    while (job := await following()) is not None:
        done(job, await play(stage, job))
