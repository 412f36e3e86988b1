"""Worker processes: each holds a few lanes, gets jobs through a pipe and sends back what was played.

A worker ends when its pipe is closed. It does not listen to Ctrl-C, which the terminal sends to all: what is played
to the end is kept by the parent, and the rest is not missed.
"""

import asyncio
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from core.errors import EvalError
from core.garbage import seldom_collected
from core.logs import set_up_logs
from evals.playing import Job, Played
from evals.workshop import Workshop

PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: "Connection[Any, Any]"
    under_way: int = 0


@dataclass(slots=True)
class Crew:
    """The workers of one run."""

    workshop: Workshop
    size: int
    _workers: list[_Worker] = field(default_factory=list)

    def play(self, jobs: Sequence[Job], done: Callable[[Played], None]) -> None:
        """Play every job. Whatever ends this, also Ctrl-C, ends the workers too.

        Raises:
            EvalError: a worker ended before its work was done.
        """
        left = deque(jobs)
        try:
            for _ in range(min(self.size, len(jobs))):
                self._hire()
            while left or any(worker.under_way for worker in self._workers):
                self._hand_out(left)
                self._collect(done)
        finally:
            self._dismiss()

    def _hire(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_run_worker, args=(theirs, self.workshop), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))

    def _hand_out(self, left: deque[Job]) -> None:
        """One job more than there are lanes, so that none waits for the pipe."""
        for worker in self._workers:
            while left and worker.under_way <= self.workshop.lanes:
                worker.pipe.send(left.popleft())
                worker.under_way += 1

    def _collect(self, done: Callable[[Played], None]) -> None:
        ready = wait([worker.pipe for worker in self._workers])
        for worker in self._workers:
            if worker.pipe in ready:
                try:
                    played = worker.pipe.recv()
                except EOFError:
                    raise EvalError(f"A worker ended with exit code {worker.process.exitcode}.") from None
                if isinstance(played, str):
                    raise EvalError(f"A worker could not go on: {played}")
                worker.under_way -= 1
                done(played)

    def _dismiss(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join(PATIENCE_SECONDS)
            if worker.process.is_alive():
                worker.process.terminate()
                worker.process.join()


def _run_worker(pipe: "Connection[Any, Any]", workshop: Workshop) -> None:
    """A worker's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logs("error")
    try:
        with seldom_collected():
            asyncio.run(_work(pipe, workshop))
    except (EOFError, OSError):
        return  # the parent has gone, or wants nothing more
    except Exception as error:
        with suppress(OSError):
            pipe.send(f"{type(error).__name__}: {error}")


async def _work(pipe: "Connection[Any, Any]", workshop: Workshop) -> None:
    inbox: asyncio.Queue[Job | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            inbox.put_nowait(pipe.recv())
        except (EOFError, OSError):
            loop.remove_reader(pipe.fileno())
            for _ in range(workshop.lanes):
                inbox.put_nowait(None)

    loop.add_reader(pipe.fileno(), read)
    await workshop.work(inbox.get, lambda _, played: pipe.send(played))
