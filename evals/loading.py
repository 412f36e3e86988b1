"""Reading YAML files of scenarios and personas; whatever is wrong is named with file and line.

The text is composed into YAML's nodes first, because they know their lines: a fault that pydantic finds at a path
("turns", 2, "checks", 0, "stage") is followed through the nodes to the place where it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from core.errors import EvalError
from evals.persona import Persona
from evals.scenario import Scenario

ROOT = Path(__file__).resolve().parent
SUITES, PERSONAS = ROOT / "suites", ROOT / "personas"
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, order=True)
class SuiteFault:
    """Something wrong in a file, at a line counted from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Found:
    """A scenario with where it came from; `digest` tells whether its text has changed."""

    suite: str
    scenario: Scenario
    file: str
    line: int
    digest: str


@dataclass(slots=True)
class Library:
    """All that was read, and every fault that was met on the way."""

    found: list[Found] = field(default_factory=list)
    personas: dict[str, Persona] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    faults: list[SuiteFault] = field(default_factory=list)

    def checked(self) -> "Library":
        """Itself, if nothing is wrong.

        Raises:
            EvalError: lists every fault, one a line.
        """
        if self.faults:
            raise EvalError("\n" + "\n".join(map(str, sorted(self.faults))))
        return self


def read_library(suites: Sequence[str] = (), folder: Path = SUITES, personas: Path = PERSONAS) -> Library:
    """The scenarios of some suites (all without names) and all personas."""
    library = Library()
    for path in sorted(personas.glob("*.yaml")):
        _read_personas(path, library)
    for name in suites or suite_names(folder):
        paths = [path for path in sorted((folder / name).rglob("*.yaml")) if not path.name.startswith("_")]
        if not paths:
            here = ", ".join(suite_names(folder)) or "none"
            library.faults.append(SuiteFault(str(folder / name), 1, f"there is no such suite; there are: {here}"))
        for path in paths:
            _read_scenarios(name, path, library)
    _check_references(library)
    return library


def suite_names(folder: Path = SUITES) -> list[str]:
    """The suites that there are: folders with YAML files."""
    return sorted(path.name for path in folder.iterdir() if any(path.rglob("*.yaml"))) if folder.is_dir() else []


def _read_personas(path: Path, library: Library) -> None:
    for document, node in _documents(path, library.faults):
        persona = _validated(Persona, document, node, path, library.faults)
        if persona and persona.id in library.personas:
            library.faults.append(_fault(path, node, f"persona {persona.id} is there twice"))
        elif persona:
            library.personas[persona.id] = persona


def _read_scenarios(suite: str, path: Path, library: Library) -> None:
    for document, node in _documents(path, library.faults):
        scenario = _validated(Scenario, document, node, path, library.faults)
        if scenario is None:
            continue
        line = node.start_mark.line + 1
        if scenario.id in library.places:
            other = "{}:{}".format(*library.places[scenario.id])
            library.faults.append(_fault(path, _at(node, ("id",)), f"id {scenario.id} is taken by {other}"))
            continue
        library.places[scenario.id] = (_shown(path), line)
        digest = sha256(scenario.model_dump_json().encode()).hexdigest()[:16]
        library.found.append(Found(suite, scenario, _shown(path), line, digest))


def _check_references(library: Library) -> None:
    for found in library.found:
        if found.scenario.persona not in library.personas:
            here = ", ".join(library.personas)
            message = f"scenario {found.scenario.id}: there is no persona {found.scenario.persona!r}; there are: {here}"
            library.faults.append(SuiteFault(found.file, found.line, message))


def _documents(path: Path, faults: list[SuiteFault]) -> Iterator[tuple[Any, yaml.Node]]:
    """Each document's data and its nodes; a document that is a list holds several."""
    try:
        text = path.read_text(encoding="utf-8")
        for node in list(yaml.compose_all(text, Loader=yaml.CSafeLoader)):
            for each in node.value if isinstance(node, yaml.SequenceNode) else [node]:
                doubled = list(_doubled(each))  # before a merge (<<) is written out into the node
                faults += [_fault(path, key, f"key {key.value!r} is there twice") for key in doubled]
                if not doubled:
                    yield _construct(each), each
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(SuiteFault(_shown(path), (mark.line if mark else 0) + 1, f"no YAML: {error.problem}"))
    except (OSError, UnicodeDecodeError) as error:
        faults.append(SuiteFault(_shown(path), 1, f"should be a text file in UTF-8: {error}"))


def _construct(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _validated(
    model: type[Model], document: Any, node: yaml.Node, path: Path, faults: list[SuiteFault]
) -> Model | None:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults += [_fault(path, _at(node, item["loc"]), _told(item)) for item in error.errors()]
        return None


def _doubled(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled(item)
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        yield from (key for place, (key, _) in enumerate(node.value) if key.value in keys[:place])
        for _, value in node.value:
            yield from _doubled(value)


def _told(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message = "is no key that is known here"
    if item["type"] == "union_tag_not_found":
        message = "has none of the keys that say what it is; see evals/suites/schema.json"
    given = item.get("input")
    shown = f" (here: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{where}: {message}{shown}" if where else message


def _at(node: yaml.Node, path: Sequence[int | str]) -> yaml.Node:
    """The node at a path; where the path leaves the nodes (a missing key), the last one that was met.

    A union's tag stands in the path before the key of the same mapping that is at fault, and is passed over.
    """
    for part, following in zip_longest(path, path[1:]):
        if isinstance(node, yaml.MappingNode):
            values = {key.value: value for key, value in node.value}
            node = node if str(following) in values else values.get(str(part), node)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
    return node


def _fault(path: Path, node: yaml.Node, message: str) -> SuiteFault:
    return SuiteFault(_shown(path), node.start_mark.line + 1, message)


def _shown(path: Path) -> str:
    """A path as it is told: below the project if it is there."""
    try:
        return str(path.resolve().relative_to(ROOT.parent))
    except ValueError:
        return str(path)
