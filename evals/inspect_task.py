"""The same conversations through inspect_ai: its epochs, its retry, its logs and its viewer; the judging stays ours.

`run --inspect` plays each scenario as a sample and each seed as an epoch, on the stages of a workshop, and ends with
our gates and exit codes, because inspect leaves with 0 whatever failed. The logs lie in the run's folder; read them
with `inspect view --log-dir .evals/<run>/inspect`. Nothing asks inspect's model: Brenda has her own, and the one that
stands in its place here only keeps inspect from fetching a tokenizer to count with. A conversation that broke off is an
error to inspect too, which plays it once more with a live model; what it says in the end is what counts.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Epochs, Task, eval_async
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    get_model,
    modelapi,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver
from rich.console import Console

from core.domain.clock import system_clock
from core.errors import EvalError
from core.prompts.prompt_set import PromptSet
from evals.playing import Job, Played, play
from evals.record import Transcript
from evals.results import Run
from evals.running import Running
from evals.session import Asked, Session
from evals.stage import Stage
from evals.workshop import Workshop

FOLDER = "inspect"


@modelapi(name="brenda")
class BrendaModel(ModelAPI):
    """Stands where inspect wants a model; it is never asked, and counts without a tokenizer."""

    async def generate(self, *_: Any, **__: Any) -> ModelOutput:
        """Nobody may ask.

        Raises:
            EvalError: always.
        """
        raise EvalError("Brenda answers by her own graph; nothing here asks inspect's model.")

    async def count_tokens(self, input: str | list[ChatMessage], config: GenerateConfig | None = None) -> int:  # noqa: A002, ARG002 - inspect's names
        """Some four characters a token."""
        return len(input if isinstance(input, str) else "".join(message.text for message in input)) // 4


def perform(asked: Asked) -> int:
    """A whole run through inspect; the exit code is ours.

    Raises:
        EvalError: it cannot be done as asked.
    """
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    return InspectSession(asked, console).perform()


class InspectSession(Session):
    """A session whose conversations inspect plays."""

    def _play(
        self, run: Run, workshop: Workshop, jobs: Sequence[Job], prompts: PromptSet
    ) -> tuple[Running, bool, dict[str, Any]]:
        known = run.noted()
        done = {(one.conversation.scenario, one.conversation.seed) for one in known}
        left = [job for job in jobs if (job.scenario.id, job.seed) not in done]
        started, running = system_clock(), Running(workshop, run, left, 1, prompts, lambda _: None, known)
        try:
            whole = not left or asyncio.run(played_by_inspect(running))
        except KeyboardInterrupt:
            whole = False
        seconds = round((system_clock() - started).total_seconds(), 3)
        return running, whole, {"started": started.isoformat(), "seconds": seconds, "processes": 1, "by": "inspect"}


async def played_by_inspect(running: Running) -> bool:
    """Play the jobs of a run, which keeps what is played; whether everything is.

    Raises:
        EvalError: inspect itself could not go on.
    """
    workshop, lanes = running.workshop, max(1, min(running.workshop.lanes, len(running.jobs)))
    free: asyncio.Queue[Stage] = asyncio.Queue()
    found: dict[tuple[str, int], Played] = {}
    task, retries = conversations(running.jobs, free, found), 0 if workshop.offline else 1
    try:
        async with workshop.stages(lanes, running.prompts) as stages:
            for stage in stages:
                free.put_nowait(stage)
            [log] = await _evaluated(task, workshop.model, lanes, running.run.folder / FOLDER, retries)
    finally:
        for played in found.values():
            running.run.note(played)
            running.played.append(played)
    if log.status == "error":
        raise EvalError(f"inspect could not go on: {log.error.message if log.error else 'it does not say why'}")
    return len(found) == len(running.jobs)


async def _evaluated(task: Task, model: str, lanes: int, folder: Path, retries: int) -> list[EvalLog]:
    return await eval_async(
        task,
        model=get_model(f"brenda/{model}", memoize=False),
        max_samples=lanes,
        retry_on_error=retries,
        fail_on_error=False,
        log_dir=str(folder),
        log_level="error",
        acp_server=False,
        ctl_server=False,
    )


def conversations(jobs: Sequence[Job], free: "asyncio.Queue[Stage]", found: dict[tuple[str, int], Played]) -> Task:
    """The task: a sample a scenario, an epoch a seed, played on whichever stage is free; what is played is kept."""
    by_key = {(job.scenario.id, job.seed): job for job in jobs}
    scenarios = {job.scenario.id: job for job in jobs}
    samples = [
        Sample(id=name, input=job.scenario.about, metadata={"suite": job.suite, "persona": job.persona.id})
        for name, job in scenarios.items()
    ]
    epochs = 1 + max(job.seed for job in jobs)
    return Task(
        name="brenda",
        dataset=MemoryDataset(samples, name="+".join(sorted({job.suite for job in jobs}))),
        solver=_playing(by_key, free, found),
        scorer=_judged(found),
        epochs=Epochs(epochs, ["mean", *(f"pass_k_{k}" for k in (4, 8) if k <= epochs)]),
    )


@solver(name="brenda")
def _playing(
    jobs: dict[tuple[str, int], Job], free: "asyncio.Queue[Stage]", found: dict[tuple[str, int], Played]
) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001 - inspect's signature
        key = (str(state.sample_id), state.epoch - 1)
        if key not in jobs:  # this suite is played with fewer seeds than another
            return state
        stage = await free.get()
        try:
            found[key] = await play(stage, jobs[key])
        finally:
            free.put_nowait(stage)
        if found[key].conversation.error:
            raise EvalError(found[key].conversation.error)
        state.messages = messages(found[key].transcript)
        return state

    return solve


@scorer(name="passed", metrics=[mean(), stderr()])
def _judged(found: dict[tuple[str, int], Played]) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - inspect's signature
        played = found.get((str(state.sample_id), state.epoch - 1))
        if played is None:
            return Score.unscored(explanation="not one of this scenario's seeds")
        one = played.conversation
        if one.void:
            return Score.unscored(explanation="; ".join(one.prospect_faults))
        why = "\n".join(f"{verdict.check}: {verdict.expected} / {verdict.actual}" for verdict in one.verdicts)
        return Score(value=float(one.passed), answer=one.end, explanation=why or "all checks passed")

    return score


def messages(transcript: Transcript) -> list[ChatMessage]:
    """A conversation as inspect's viewer shows it."""
    told: list[ChatMessage] = []
    for turn in transcript.turns:
        heard = "\n".join(turn.heard) or ", ".join(f"{name} {value}" for name, value in turn.step.items())
        told.append(ChatMessageUser(content=heard))
        told.append(ChatMessageAssistant(content=turn.said or "…", metadata={"tools": list(turn.tools)}))
    return told
