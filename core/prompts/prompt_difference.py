"""What differs between two folders of prompts, as a prospect or the model would read it.

Both are rendered with the same sample values, those of the newer folder, so that only words differ and not samples;
where the older template needs what the newer one does not, its own sample is taken. What cannot be rendered is told
with its line and compared as text. A template whose text differs though nothing that it says does (a comment, or a
branch that no sample takes) is compared as text too: no edit goes unseen.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from core.domain.funnel import Stage
from core.errors import PromptError
from core.prompts.fault import Fault
from core.prompts.prompt_check import sample_cases
from core.prompts.prompt_environment import compile_files, fault_of
from core.prompts.prompt_files import TEMPLATE_SUFFIXES, PromptFiles, template_name, template_path
from core.prompts.prompt_header import declared_variables
from core.prompts.prompt_samples import Case, MissingSampleError
from core.prompts.prompt_set import PromptSet
from core.prompts.prompt_stages import names_in

ELSEWHERE = "in no stage"
FILES = "data and shared parts"
_BREAK = "\n---\n"


class Kind(StrEnum):
    """What became of a template or a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    """It reads otherwise on these samples."""
    UNSEEN = "text differs, but nothing that the samples show"
    TEXT = "text"
    """It is no template, or cannot be rendered: `lines` compares its text."""


@dataclass(frozen=True)
class Difference:
    """One change. `name` is a template's or a file's; `lines` is a unified diff without its two heads; `samples` says
    which of how many sample sets show it ("samples 1, 2 of 3"); `also` are further places where the same is said.
    """

    place: str
    name: str
    kind: Kind
    lines: tuple[str, ...]
    samples: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All that differs, in the order of the funnel, and what could not be rendered on either side."""

    differences: tuple[Difference, ...]
    faults_before: tuple[Fault, ...] = ()
    faults_after: tuple[Fault, ...] = ()


@dataclass
class _Side:
    """One of the two folders: what of it compiles, and the faults found while it is read."""

    files: PromptFiles
    faults: list[Fault] = field(default_factory=list)
    prompts: PromptSet = field(init=False)

    def __post_init__(self) -> None:
        compiled = compile_files(self.files)
        self.faults += compiled.faults
        sources = self.files.templates
        self.faults += [fault for name in compiled.codes for fault in _header_fault(name, sources[name])]
        broken = {fault.file for fault in self.faults}
        texts = {path: text for path, text in self.files.texts.items() if path not in broken}
        self.prompts = PromptSet(compile_files(PromptFiles(MappingProxyType(texts))))

    def cases(self, name: str) -> list[Case] | None:
        """None when the template cannot be tried; the reason is noted."""
        if not self.prompts.has(name):
            return None
        try:
            return sample_cases(self.prompts, name)
        except MissingSampleError as error:
            self._note(Fault(template_path(name), 1, str(error), "has no sample value in samples.json"))
            return None

    def read(self, name: str, case: Case, stage: Stage | None) -> str:
        """As it reads with these values; PromptError names the place."""
        own = f"stages/{stage}"
        if stage and "stage_directive" in case and own in self.files.templates:
            case = case | {"stage_directive": self.prompts.render(own)}
        return _BREAK.join(self.prompts.variants(name, **case))

    def text(self, name: str) -> str | None:
        return self.files.texts.get(template_path(name))

    def note_failure(self, error: PromptError, name: str) -> None:
        """Keep where in the templates it could not be rendered; an error without a cause is about a template that is
        noted already.
        """
        if isinstance(error.__cause__, Exception):
            self._note(fault_of(error.__cause__, name))

    def _note(self, fault: Fault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def compare(before: PromptFiles, after: PromptFiles, stage: Stage | None = None) -> Comparison:
    """All differences, or those of one stage; raises nothing, whatever the folders hold."""
    old, new = _Side(before), _Side(after)
    stages = (stage,) if stage else tuple(Stage)
    found = [difference for each in stages for difference in _stage_differences(old, new, each)]
    if stage is None:
        found += _elsewhere(old, new)
        found += _files(old, new)
    return Comparison(_told_once(found), tuple(sorted(old.faults)), tuple(sorted(new.faults)))


def _header_fault(name: str, source: str) -> Iterator[Fault]:
    try:
        declared_variables(source)
    except ValueError as error:
        yield Fault(template_path(name), 1, "", str(error))


def _stage_differences(old: _Side, new: _Side, stage: Stage) -> Iterator[Difference]:
    named = dict.fromkeys([*_names(new, stage), *_names(old, stage)])
    for name in named:
        yield from _template_differences(old, new, name, stage)


def _names(side: _Side, stage: Stage) -> list[str]:
    """Also those that do not compile."""
    return names_in((name for name in side.files.templates if not _is_shared(name)), stage)


def _elsewhere(old: _Side, new: _Side) -> Iterator[Difference]:
    staged = {name for side in (old, new) for stage in Stage for name in _names(side, stage)}
    names = {*old.files.templates, *new.files.templates} - staged
    for name in sorted(name for name in names if not _is_shared(name)):
        yield from _template_differences(old, new, name, None)


def _is_shared(name: str) -> bool:
    return name.rpartition("/")[2].startswith("_")


def _template_differences(old: _Side, new: _Side, name: str, stage: Stage | None) -> Iterator[Difference]:
    place, texts = stage.value if stage else ELSEWHERE, (old.text(name), new.text(name))
    if texts[0] is None or texts[1] is None:
        kind = Kind.ADDED if texts[0] is None else Kind.REMOVED
        yield Difference(place, name, kind, unified(texts[0] or "", texts[1] or ""))
        return
    readings = _readings(old, new, name, stage)
    seen = list(_grouped(readings or ()))
    for lines, samples in seen:
        yield Difference(place, name, Kind.CHANGED, lines, samples)
    if not seen and texts[0] != texts[1]:
        yield Difference(place, name, Kind.TEXT if readings is None else Kind.UNSEEN, unified(texts[0], texts[1]))


def _readings(old: _Side, new: _Side, name: str, stage: Stage | None) -> list[tuple[str, str]] | None:
    """Before and after with each sample set; None when either cannot be rendered."""
    cases, own = new.cases(name), old.cases(name)
    if cases is None or own is None:
        return None
    needs = old.prompts.needs(name)
    read = []
    for case in cases:
        shared = own[0] | {key: value for key, value in case.items() if key in needs}
        before, after = _reading(old, name, (shared, *own), stage), _reading(new, name, (case,), stage)
        if before is None or after is None:
            return None
        read.append((before, after))
    return read


def _reading(side: _Side, name: str, cases: Sequence[Case], stage: Stage | None) -> str | None:
    """With the first values that can be rendered."""
    for position, case in enumerate(cases, 1):
        try:
            return side.read(name, case, stage)
        except PromptError as error:
            if position == len(cases):
                side.note_failure(error, name)
    return None


def _grouped(readings: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each distinct diff once, with the sample sets that show it."""
    shown: dict[tuple[str, ...], list[int]] = {}
    for number, (before, after) in enumerate(readings, 1):
        if before != after:
            shown.setdefault(unified(before, after), []).append(number)
    for lines, numbers in shown.items():
        which = "sample" if len(numbers) == 1 else "samples"
        yield lines, f"{which} {', '.join(map(str, numbers))} of {len(readings)}"


def _files(old: _Side, new: _Side) -> Iterator[Difference]:
    for path in sorted({*old.files.texts, *new.files.texts}):
        if path.endswith(TEMPLATE_SUFFIXES) and not _is_shared(template_name(path)):
            continue
        texts = old.files.texts.get(path), new.files.texts.get(path)
        if texts[0] == texts[1]:
            continue
        kind = Kind.ADDED if texts[0] is None else Kind.REMOVED if texts[1] is None else Kind.TEXT
        yield Difference(FILES, path, kind, unified(texts[0] or "", texts[1] or ""))


def _told_once(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """What several stages show alike stands with the first of them, which names the others."""
    first: dict[tuple[str, Kind, tuple[str, ...], str], Difference] = {}
    also: dict[tuple[str, Kind, tuple[str, ...], str], list[str]] = {}
    for one in found:
        key = (one.name, one.kind, one.lines, one.samples)
        if first.setdefault(key, one) is not one:
            also.setdefault(key, []).append(one.place)
    return tuple(_with(one, also.get(key, ())) for key, one in first.items())


def _with(one: Difference, places: Sequence[str]) -> Difference:
    return Difference(one.place, one.name, one.kind, one.lines, one.samples, tuple(places)) if places else one


def unified(before: str, after: str) -> tuple[str, ...]:
    """The lines of a unified diff without its heads, three lines of context; never empty for texts that differ."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="")
    return tuple(lines)[2:] or (("~ only white space at the ends of lines",) if before != after else ())


def counted(differences: Iterable[Difference]) -> Mapping[Kind, int]:
    """How many templates and files of each kind; one that differs in two ways counts once."""
    names: dict[Kind, set[str]] = {}
    for one in differences:
        names.setdefault(one.kind, set()).add(one.name)
    return {kind: len(found) for kind, found in names.items()}
