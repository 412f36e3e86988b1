"""One consistent state of all prompts: immutable, compiled once, named by the hash of its files.

A turn takes the library's current set once and uses it to its end, so an edit in mid-turn changes nothing. A
template may hold several wordings, separated by lines that hold only `---`; who speaks chooses among them.
"""

import difflib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Template

from core.errors import PromptError
from core.prompts.fault import fault_lines
from core.prompts.prompt_environment import CompiledFiles, PromptEnvironment, compile_files, fault_of
from core.prompts.prompt_files import read_files, template_path
from core.prompts.prompt_header import declared_variables


class PromptSet:
    """Templates by name ("messages/name/ask") and data files by path ("buttons.json")."""

    def __init__(self, compiled: CompiledFiles) -> None:
        """Raises PromptError, naming every file and line, when something did not compile or has no header."""
        if compiled.faults:
            raise PromptError(fault_lines(compiled.faults))
        environment = PromptEnvironment(compiled.codes)
        self._files = compiled.files
        self._mark = compiled.mark
        self._templates = {name: environment.get_template(name) for name in compiled.codes}
        self._needs = {name: _needs(name, source) for name, source in compiled.files.templates.items()}
        self.hash = compiled.files.hash

    @classmethod
    def load(cls, folder: Path) -> "PromptSet":
        """Reads and compiles a folder; PromptError when it cannot."""
        return cls(compile_files(read_files(folder)))

    @property
    def files(self) -> Mapping[str, str]:
        """Every file's text by its path; what `hash` is the hash of."""
        return self._files.texts

    def names(self) -> tuple[str, ...]:
        """The templates that can be rendered, sorted."""
        return tuple(name for name in self._templates if not name.rpartition("/")[2].startswith("_"))

    def has(self, name: str) -> bool:
        """Whether there is such a template, or such a data file."""
        return name in self._templates or name in self._files.texts

    def needs(self, name: str) -> frozenset[str]:
        """The variables that a template declares."""
        self._template(name)
        return self._needs[name]

    def text(self, name: str) -> str:
        """A data file as it is ("selection.toml"); PromptError when there is none."""
        if name not in self._files.texts:
            raise PromptError(f"There is no file {name}.{_hint(name, self._files.texts)}")
        return self._files.texts[name]

    def render(self, template: str, /, **variables: object) -> str:
        """The first wording. PromptError names file, line and variable of what is wrong."""
        return self._rendered(template, variables).partition(self._mark)[0].strip()

    def variants(self, template: str, /, **variables: object) -> list[str]:
        """All wordings, in the file's order; at least one."""
        return [wording.strip() for wording in self._rendered(template, variables).split(self._mark)]

    def _rendered(self, name: str, variables: Mapping[str, object]) -> str:
        template = self._template(name)
        missing = self._needs[name] - variables.keys()
        if missing:
            raise PromptError(f"{template_path(name)}:1: not given: {', '.join(sorted(missing))}.")
        try:
            return template.render(variables)
        except Exception as error:  # whatever a template does wrong ends here, as our error
            raise PromptError(str(fault_of(error, name))) from error

    def _template(self, name: str) -> Template:
        if name not in self._templates:
            raise PromptError(f"There is no template {template_path(name)}.{_hint(name, self._templates)}")
        return self._templates[name]


def _needs(name: str, source: str) -> frozenset[str]:
    try:
        return declared_variables(source)
    except ValueError as error:
        raise PromptError(f"{template_path(name)}:1: {error}.") from error


def _hint(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""
