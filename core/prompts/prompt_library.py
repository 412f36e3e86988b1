"""The prompts as they are now: watched, and replaced only by a set without a fault.

A template that cannot be used never reaches a prospect: the last good set stays, and the admin is told every fault
with its line. A file that is gone is a fault too, since whoever rendered it yesterday will ask for it again;
leaving it out for good takes a restart. The watcher asks once a second whether the folder is still the same one,
because a folder that was moved away, deleted or replaced sends no word of it.

With a gate, a set without a fault is on trial before it is taken live, beside everything else: the last good set stays
in force until the gate has found nothing. A later edit ends the trial of an earlier one, as taking it back does. What
a gate refused is tried again when it is saved again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, awatch

from core.errors import PromptError
from core.prompts.fault import Fault, fault_lines
from core.prompts.prompt_check import Inspection, inspect_files
from core.prompts.prompt_files import TEMPLATE_SUFFIXES, is_leftover, read_files
from core.prompts.prompt_set import PromptSet

_IDENTITY_SECONDS = 1.0
_USED = (*TEMPLATE_SUFFIXES, ".json", ".toml")

Warn = Callable[[list[Fault]], None]
"""Told, in the thread of the event loop, what is wrong with an edit. Must not raise."""

Gate = Callable[[PromptSet], Awaitable[Sequence[Fault]]]
"""Tries a set that has no fault and tells what speaks against it. Cancelled when a later edit makes it pointless."""


@dataclass(frozen=True)
class _Trial:
    """A set that the gate is trying."""

    prompts: PromptSet
    task: asyncio.Task[None]


class PromptLibrary:
    """Holds the current set of a folder. PromptError at the start, with all files and lines, when it is broken."""

    def __init__(self, folder: Path, warn: Warn, gate: Gate | None = None) -> None:
        """`gate` is for edits while `watch` runs; the folder as it is now need only be without a fault."""
        inspection = inspect_files(read_files(folder))
        if inspection.prompts is None:
            raise PromptError(f"In {folder}:\n{fault_lines(inspection.faults)}")
        self._folder = folder
        self._warn = warn
        self._gate = gate
        self._trial: _Trial | None = None
        self._warned = ""
        self._current = inspection.prompts

    @property
    def current(self) -> PromptSet:
        """The last good set. Take it once a turn."""
        return self._current

    @property
    def on_trial(self) -> PromptSet | None:
        """The set that the gate is trying just now."""
        return self._trial.prompts if self._trial else None

    def reload(self) -> list[Fault]:
        """Reads the folder again and adopts it when it has no fault; else warns, and returns the faults.

        It asks no gate: whoever calls this has decided.
        """
        return self._adopt(self._inspect())

    async def watch(self, stop: asyncio.Event) -> None:
        """Follows edits until `stop` is set. Outlives broken and deleted files and a folder that goes and returns."""
        try:
            while not stop.is_set():
                if self._identity() is None:
                    await self._reload_aside()
                    await _pause(stop)
                else:
                    await self._follow(stop)
        finally:
            await self._end_trial()

    async def _follow(self, stop: asyncio.Event) -> None:
        """Until the folder is not the one that is watched any more. What was edited before the start is seen first."""
        identity, first = self._identity(), True
        timeout = int(_IDENTITY_SECONDS * 1000)
        edits = awatch(
            self._folder,
            watch_filter=_is_edit,
            stop_event=stop,
            rust_timeout=timeout,
            yield_on_timeout=True,
            debounce=400,
        )
        try:
            async for changes in edits:
                if self._identity() != identity:
                    return
                if changes or first:
                    await self._reload_aside()
                first = False
        except OSError:
            await _pause(stop)  # the folder went while the watch was being set up

    async def _reload_aside(self) -> None:
        """Reading and trying all templates takes a while, so it happens beside the event loop."""
        inspection = await asyncio.to_thread(self._inspect)
        if self._gate and inspection and inspection.prompts and not self._faults(inspection):
            await self._try(self._gate, inspection.prompts)
        else:
            await self._end_trial()
            self._adopt(inspection)

    async def _try(self, gate: Gate, prompts: PromptSet) -> None:
        """Put a set on trial in place of any other; the same one goes on as it is."""
        if self._trial and self._trial.prompts.hash == prompts.hash:
            return
        await self._end_trial()
        self._warned = ""
        self._trial = _Trial(prompts, asyncio.create_task(self._judge(gate, prompts)))

    async def _judge(self, gate: Gate, prompts: PromptSet) -> None:
        try:
            faults = list(await gate(prompts))
        except Exception as error:  # whatever a gate does wrong, an edit that was not tried is not taken live
            faults = [Fault(".", 0, "", f"the gate broke off, so the edit is not taken live: {error!r}")]
        self._trial = None
        if faults:
            self._warn(faults)
        else:
            self._current = prompts

    async def _end_trial(self) -> None:
        trial, self._trial = self._trial, None
        if trial:
            trial.task.cancel()
            await asyncio.wait({trial.task})

    def _inspect(self) -> Inspection | None:
        """None when nothing differs from the current set."""
        files = read_files(self._folder)
        if not files.faults and files.hash == self._current.hash:
            return None
        return inspect_files(files)

    def _adopt(self, inspection: Inspection | None) -> list[Fault]:
        faults = self._faults(inspection) if inspection else []
        if inspection and inspection.prompts and not faults:
            self._current = inspection.prompts
        warning = f"{inspection.files.hash} {fault_lines(faults)}" if inspection and faults else ""
        if warning and warning != self._warned:
            self._warn(faults)
        self._warned = warning
        return faults

    def _faults(self, inspection: Inspection) -> list[Fault]:
        lost = {path for path in self._current.files if path.endswith(_USED)} - inspection.files.texts.keys()
        unread = {fault.file for fault in inspection.faults}
        message = "is gone, but Brenda still uses it; put it back, or restart her to do without it"
        return sorted([*inspection.faults, *(Fault(path, 0, "", message) for path in lost - unread)])

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._folder.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _is_edit(_: Change, path: str) -> bool:
    return not is_leftover(Path(path).name)


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _IDENTITY_SECONDS)
    except TimeoutError:
        return
