"""Tries everything in a folder of prompts on sample data before any of it may reach a person.

All faults are found, not only the first: files that cannot be read, data files that do not parse, templates that do
not compile, headers that disagree with their text, missing samples, whatever is undefined or fails or stays empty
when it is rendered, and wordings that break a duty. The result is either a whole set or its faults, never a half.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import UndefinedError

from core.prompts.fault import Fault
from core.prompts.mail_sequences import mail_faults
from core.prompts.prompt_duties import duty_faults
from core.prompts.prompt_environment import (
    CompiledFiles,
    PromptEnvironment,
    compile_files,
    fault_of,
    recording_undefined,
)
from core.prompts.prompt_files import PromptFiles, read_files, template_path
from core.prompts.prompt_header import declared_variables, header_faults
from core.prompts.prompt_samples import Case, MissingSampleError, PromptSamples
from core.prompts.prompt_schedule import schedule_faults
from core.prompts.prompt_set import PromptSet

_UNDEFINED = "is undefined with the sample values"
_BREAK = re.compile(r"^---[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Inspection:
    """What was found in `files`; `prompts` is None exactly when there are faults."""

    files: PromptFiles
    faults: tuple[Fault, ...]
    prompts: PromptSet | None


def check(folder: Path) -> list[Fault]:
    """Every fault in the folder, sorted by file and line; an empty list means that these prompts may be used."""
    return list(inspect_files(read_files(folder)).faults)


def inspect_files(files: PromptFiles) -> Inspection:
    """Checks one snapshot of a folder, and makes the set when nothing is wrong with it."""
    compiled = compile_files(files)
    samples = PromptSamples.of(files.texts, files.templates)
    found = [*compiled.faults, *samples.faults, *_data_faults(files), *mail_faults(files)]
    found += schedule_faults(files.texts, files.templates)
    found += header_faults(files.templates, PromptEnvironment({}))
    found += _Trial(compiled, samples).faults()
    if not compiled.codes and not found:
        found.append(Fault(".", 0, "", "the folder holds no template"))
    faults = _distinct(found)
    return Inspection(files, faults, None if faults else PromptSet(compiled))


def sample_cases(prompts: PromptSet, name: str) -> list[Case]:
    """The sets of sample variables with which a template of a good set is tried."""
    templates = dict.fromkeys(prompts.names(), "")
    return PromptSamples.of(prompts.files, templates).cases(name, prompts.needs(name))


def _distinct(found: Iterable[Fault]) -> tuple[Fault, ...]:
    """One fault per place and variable: what the header lacks is also undefined when rendered, and told once."""
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in found:
        first.setdefault((fault.file, fault.line, fault.variable or fault.message), fault)
    return tuple(sorted(first.values()))


def _data_faults(files: PromptFiles) -> Iterator[Fault]:
    for path, text in files.texts.items():
        try:
            if path.endswith(".json"):
                json.loads(text)
            elif path.endswith(".toml"):
                tomllib.loads(text)
        except json.JSONDecodeError as error:
            yield Fault(path, error.lineno, "", f"is no JSON: {error.msg} (column {error.colno})")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            yield Fault(path, int(line[1]) if line else text.count("\n") + 1, "", f"is no TOML: {error}")
        except (RecursionError, ValueError) as error:
            yield Fault(path, 1, "", f"cannot be parsed: {error}")


class _Trial:
    """Renders what compiled with its samples; when something is undefined, again, to find all that is."""

    def __init__(self, compiled: CompiledFiles, samples: PromptSamples) -> None:
        self._compiled = compiled
        self._samples = samples
        self._sources = compiled.files.templates
        self._undefined: list[Fault] = []
        self._strict = PromptEnvironment(compiled.codes)
        self._forgiving = PromptEnvironment(compiled.codes, recording_undefined(self._note))

    def faults(self) -> list[Fault]:
        """Header faults are not repeated: a template without a proper header is not rendered."""
        return [fault for name in self._compiled.codes for fault in self._template_faults(name)]

    def _note(self, variable: str, file: str, line: int) -> None:
        self._undefined.append(Fault(file, line, variable, _UNDEFINED))

    def _template_faults(self, name: str) -> list[Fault]:
        if name.rpartition("/")[2].startswith("_"):
            return []
        try:
            cases = self._samples.cases(name, declared_variables(self._sources[name]))
        except MissingSampleError as error:
            return [Fault(template_path(name), 1, str(error), "has no sample value in samples.json")]
        except ValueError:
            return []
        return [fault for case in cases for fault in self._case_faults(name, case)]

    def _case_faults(self, name: str, case: Case) -> list[Fault]:
        try:
            rendered = self._strict.get_template(name).render(case)
        except UndefinedError as error:
            return [replace(fault_of(error, name), message=_UNDEFINED), *self._all_undefined(name, case)]
        except Exception as error:  # an admin's template may fail in any way; each is a fault with its line
            return [fault_of(error, name)]
        return list(self._wording_faults(name, rendered))

    def _all_undefined(self, name: str, case: Case) -> list[Fault]:
        """The strict rendering ends at the first; this one goes on as far as it can."""
        self._undefined.clear()
        with suppress(Exception):
            self._forgiving.get_template(name).render(case)
        return list(self._undefined)

    def _wording_faults(self, name: str, rendered: str) -> Iterator[Fault]:
        wordings = rendered.split(self._compiled.mark)
        lines = _first_lines(self._sources[name])
        for position, wording in enumerate(wordings):
            line = lines[position] if len(lines) == len(wordings) else 1
            yield from duty_faults(name, wording.strip(), line)


def _first_lines(source: str) -> list[int]:
    """The line in which each wording of a source begins."""
    return [1, *(source.count("\n", 0, found.start()) + 2 for found in _BREAK.finditer(source))]
