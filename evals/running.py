"""Running many conversations: in this process when they are few, else in workers, with what is done always kept."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch

from core.errors import EvalError
from core.prompts.prompt_set import PromptSet
from evals.loading import Found, Library
from evals.playing import Job, Played
from evals.results import Run
from evals.workers import Crew
from evals.workshop import Workshop

FEW = 48
"""So many conversations are over before another process has started."""

Advance = Callable[[Played], None]


@dataclass(slots=True)
class Running:
    """One run under way. `played` grows; `run` has each of them in its journal."""

    workshop: Workshop
    run: Run
    jobs: Sequence[Job]
    processes: int
    prompts: PromptSet
    advance: Advance
    played: list[Played] = field(default_factory=list)

    def go(self) -> bool:
        """Play what is not played yet; whether everything is. Ctrl-C ends it early."""
        done = {_key(one) for one in self.played}
        left = [job for job in self.jobs if (job.scenario.id, job.seed) not in done]
        try:
            if len(left) <= FEW or self.processes == 1:
                asyncio.run(self._here(left))
            else:
                Crew(self.workshop, self.processes).play(left, self._keep)
        except KeyboardInterrupt:
            # It may have fallen between the journal and the list; the journal is what counts.
            self.played[:] = self.run.noted()
            return False
        return True

    async def _here(self, jobs: Sequence[Job]) -> None:
        following: Iterator[Job] = iter(jobs)

        async def take() -> Job | None:
            return next(following, None)

        lanes = max(1, min(self.workshop.lanes, len(jobs)))
        await self.workshop.work(take, lambda _, played: self._keep(played), lanes, self.prompts)

    def _keep(self, played: Played) -> None:
        self.run.note(played)
        self.played.append(played)
        self.advance(played)


def jobs_of(library: Library, seeds: int, only: Sequence[str] = ()) -> list[Job]:
    """Every chosen scenario with each of its seeds, the seeds of one scenario far apart.

    Raises:
        EvalError: nothing was chosen.
    """
    chosen = [found for found in library.found if _wanted(found, only)]
    if not chosen:
        raise EvalError(f"No scenario is called {' or '.join(only)}; `evals lint` lists them.")
    return [
        Job(found.suite, found.scenario, library.personas[found.scenario.persona], seed)
        for seed in range(seeds)
        for found in chosen
    ]


def _wanted(found: Found, only: Sequence[str]) -> bool:
    """By id, tag or persona; `*` stands for anything."""
    names = (found.scenario.id, found.scenario.persona, *found.scenario.tags)
    return not only or any(fnmatch(name, pattern) for pattern in only for name in names)


def _key(played: Played) -> tuple[str, int]:
    return played.conversation.scenario, played.conversation.seed
