"""One run, from what was asked to its exit code: prepared, played, written, shown, and judged by the gates."""

import asyncio
import json
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from core.db.embedded import EmbeddedPostgres
from core.domain.clock import system_clock
from core.errors import EvalError
from core.logs import set_up_logs
from core.prompts.prompt_set import PromptSet
from core.settings import Settings, load_settings
from evals.cassette import template_hashes
from evals.database import open_cluster
from evals.gates import Fallen, fallen
from evals.junit import write_junit
from evals.loading import SUITES, Library, read_library, suite_names
from evals.parts import needed, part
from evals.playing import Job, Played
from evals.printing import show_failures, show_gates, show_totals
from evals.record import Conversation
from evals.results import FOLDER, Run, RunInfo, find, run_name
from evals.revisions import code_revision, prompts_of
from evals.running import Running, jobs_of
from evals.stage import EMBEDDED
from evals.suite import Suite, read_suite
from evals.workshop import LANES, Workshop

HELD, FELL, USAGE, STOPPED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked to do. `seeds`: None is each suite's own number; `jobs`: None is one process a core."""

    suites: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    model: str = EMBEDDED
    prompts: str = "prompts"
    seeds: int | None = None
    jobs: int | None = None
    resume: str = ""
    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    cassette: Path | None = None
    mode: Literal["record", "replay", "none"] = "none"
    failures: int = 20
    quiet: bool = False
    folder: Path = FOLDER
    suites_in: Path = SUITES
    data_dir: Path | None = None


@dataclass(slots=True)
class Session:
    """One run under way."""

    asked: Asked
    console: Console
    library: Library = field(default_factory=Library)
    suites: dict[str, Suite] = field(default_factory=dict)

    def perform(self) -> int:
        """Do it all; the exit code.

        Raises:
            EvalError: it cannot be done as asked.
        """
        set_up_logs("error")
        if self.asked.resume:
            self.asked = _resumed(self.asked)
        self.library = read_library(self.asked.suites, self.asked.suites_in).checked()
        names = self.asked.suites or suite_names(self.asked.suites_in)
        self.suites = {name: read_suite(name, self.asked.suites_in) for name in names}
        self._check_model()
        jobs = self._jobs()
        with ExitStack() as stack:
            folder = stack.enter_context(prompts_of(self.asked.prompts))
            prompts = PromptSet.load(folder)
            server, template = stack.enter_context(_cluster(self._settings().data_dir))
            run = self._open_run(prompts, jobs)
            workshop = self._workshop(server, template, folder)
            return self._finish(run, *self._play(run, workshop, jobs, prompts))

    def _check_model(self) -> None:
        """A live model that is not there would be answered for by the embedded one, and judged in its place."""
        asked = self.asked
        if asked.model != EMBEDDED and asked.mode != "replay" and not self._settings().has_model:
            raise EvalError(f"Where is {asked.model}? Set OPENAI_BASE_URL or OPENAI_API_KEY.")

    def _jobs(self) -> list[Job]:
        if self.asked.seeds is not None:
            return jobs_of(self.library, self.asked.seeds, self.asked.only)
        most = max(suite.seeds for suite in self.suites.values())
        jobs = jobs_of(self.library, most, self.asked.only)
        return [job for job in jobs if job.seed < self.suites[job.suite].seeds]

    def _settings(self) -> Settings:
        settings = load_settings()
        return settings.model_copy(update={"data_dir": self.asked.data_dir}) if self.asked.data_dir else settings

    def _workshop(self, server: EmbeddedPostgres, template: str, folder: Path) -> Workshop:
        lanes = LANES if self.asked.model == EMBEDDED or self.asked.mode == "replay" else 2 * LANES
        return Workshop(
            server_url=server.url,
            template=template,
            prompts=folder,
            settings=self._settings(),
            model=self.asked.model,
            lanes=lanes,
            cassette=self.asked.cassette,
            mode=self.asked.mode,
        )

    def _open_run(self, prompts: PromptSet, jobs: Sequence[Job]) -> Run:
        info = self._info(prompts, jobs)
        if self.asked.resume:
            run = find(self.asked.resume, self.asked.folder)
            _check_same(run.info, info)
            return run
        name = run_name(system_clock(), self.asked.model, prompts.hash)
        return Run.begin(_free(name, self.asked.folder), info, dict(prompts.files), self.asked.folder)

    def _info(self, prompts: PromptSet, jobs: Sequence[Job]) -> RunInfo:
        digests = {found.scenario.id: found.digest for found in self.library.found}
        seeds: dict[str, int] = {}
        for job in jobs:
            seeds[job.scenario.id] = max(seeds.get(job.scenario.id, 0), job.seed + 1)
        return RunInfo(
            suites=tuple(sorted({job.suite for job in jobs})),
            model=self.asked.model,
            prompts=self.asked.prompts,
            prompt_hash=prompts.hash,
            templates=template_hashes(prompts),
            seeds=max(seeds.values()),
            revision=code_revision(),
            scenarios={name: digests[name] for name in sorted(seeds)},
            seeds_of=dict(sorted(seeds.items())),
            cassette=self.asked.mode if self.asked.mode != "none" else "",
        )

    def _play(
        self, run: Run, workshop: Workshop, jobs: Sequence[Job], prompts: PromptSet
    ) -> tuple[Running, bool, dict[str, Any]]:
        started, processes = system_clock(), self.asked.jobs or os.cpu_count() or 1
        with self._progress(len(jobs)) as advance:
            running = Running(workshop, run, jobs, processes, prompts, advance)
            for played in run.noted():
                running.played.append(played)
                advance(played)
            whole = running.go()
        ended = system_clock()
        clock = _clock(started, ended, processes)
        return running, whole, clock

    @contextmanager
    def _progress(self, total: int) -> Iterator[Any]:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console, transient=True, disable=self.asked.quiet) as progress:
            bar, failed = progress.add_task("playing", total=total), 0

            def advance(played: Played) -> None:
                nonlocal failed
                failed += not played.conversation.passed
                progress.update(bar, advance=1, description=f"playing, {failed} failed" if failed else "playing")

            yield advance

    def _finish(self, run: Run, running: Running, whole: bool, clock: dict[str, Any]) -> int:
        run.finish(running.played, clock, whole)
        conversations = sorted((one.conversation for one in running.played), key=lambda one: one.key)
        found = fallen(conversations, self.suites if whole and not self.asked.only else {})
        self._show(run, conversations, found, clock, whole)
        self._write(run, conversations, found, running)
        if not whole:
            return STOPPED
        return FELL if found else HELD

    def _show(
        self, run: Run, conversations: list[Conversation], found: list[Fallen], clock: dict[str, Any], whole: bool
    ) -> None:
        if self.asked.quiet:
            return
        show_failures(self.console, conversations, self.asked.failures)
        _totals(self.console, run, conversations)
        show_gates(self.console, found)
        pace = f"{len(conversations)} conversations in {clock['seconds']:.1f} s"
        self.console.print(f"{pace}; {run.folder}", soft_wrap=True)
        if not whole:
            self.console.print(f"Stopped early; go on with: uv run -m evals run --resume {run.name}", soft_wrap=True)

    def _write(self, run: Run, conversations: list[Conversation], found: list[Fallen], running: Running) -> None:
        if self.asked.json:
            data = {
                "run": run.name,
                "info": run.info.model_dump(mode="json"),
                "gates": [{"name": gate.name, "reason": gate.reason} for gate in found],
                "conversations": [one.model_dump(mode="json") for one in conversations],
            }
            self.asked.json.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        if self.asked.junit:
            seconds = {(one.conversation.scenario, one.conversation.seed): one.seconds for one in running.played}
            write_junit(conversations, seconds, self.asked.junit)
        if self.asked.html:
            _page(run, self.asked.html)


def _totals(console: Console, run: Run, conversations: list[Conversation]) -> None:
    """With intervals where the statistics are there."""
    totals = part("report.totals")
    if totals is None:
        show_totals(console, conversations)
    else:
        totals.show(console, run)


def _page(run: Run, file: Path) -> None:
    needed("report").write_html(run, file)


@contextmanager
def _cluster(data_dir: Path) -> Iterator[tuple[EmbeddedPostgres, str]]:
    """The server outlives the event loops in which conversations are played."""
    with asyncio.Runner() as runner:
        opening = open_cluster(data_dir)
        try:
            yield runner.run(opening.__aenter__())
        finally:
            runner.run(opening.__aexit__(None, None, None))


def _resumed(asked: Asked) -> Asked:
    """The same again as the run that is resumed."""
    info = find(asked.resume, asked.folder).info
    return replace(
        asked,
        suites=info.suites,
        only=tuple(info.scenarios),
        model=info.model,
        prompts=info.prompts if asked.prompts == "prompts" else asked.prompts,
        seeds=info.seeds,
    )


def _check_same(before: RunInfo, now: RunInfo) -> None:
    changed = [name for name, digest in before.scenarios.items() if now.scenarios.get(name) != digest]
    if before.prompt_hash != now.prompt_hash:
        files = {
            path
            for path in {*before.templates, *now.templates}
            if before.templates.get(path) != now.templates.get(path)
        }
        changed += [f"prompts/{path}" for path in sorted(files)]
    if before.revision != now.revision:
        changed.append(f"the code ({before.revision} → {now.revision})")
    if changed:
        raise EvalError(f"This run cannot be resumed, because of what changed since: {', '.join(changed[:8])}.")


def _free(name: str, folder: Path) -> str:
    """The name, with a number when two runs begin in the same second."""
    return next(
        one for one in (name, *(f"{name}-{number}" for number in range(2, 1000))) if not (folder / one).exists()
    )


def _clock(started: datetime, ended: datetime, processes: int) -> dict[str, Any]:
    seconds = round((ended - started).total_seconds(), 3)
    return {
        "started": started.isoformat(),
        "ended": ended.isoformat(),
        "seconds": seconds,
        "processes": processes,
        "python": platform.python_version(),
    }
