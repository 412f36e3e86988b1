"""Sample values with which every template is tried before it may speak.

A `samples.json` in any folder of prompts holds `{"variables": {name: value}, "templates": {template: case or
[cases]}}`. It serves the templates of its folder and below; a deeper file wins over a higher one. A case gives only
the variables that differ from the general ones, so one template can be tried both with a course and without.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.prompts.fault import Fault

SAMPLES_FILE = "samples.json"
_FORM = '"variables" and "templates" are what a samples.json may hold, each an object'
Case = dict[str, Any]


class MissingSampleError(ValueError):
    """A declared variable has no sample; args[0] is its name."""


@dataclass(frozen=True)
class PromptSamples:
    """`layers` are (folder prefix, variables, cases by full template name), from the top of the tree down."""

    layers: tuple[tuple[str, Mapping[str, Any], Mapping[str, list[Case]]], ...]
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, texts: Mapping[str, str], templates: Mapping[str, str]) -> "PromptSamples":
        """Reads all sample files of a set of prompts. JSON that does not parse is reported elsewhere, not here."""
        layers, faults = [], []
        for path in sorted(texts, key=lambda path: (path.count("/"), path)):
            if path.rpartition("/")[2] != SAMPLES_FILE:
                continue
            content = _object(texts[path])
            if content is None:
                continue
            prefix = path.removesuffix(SAMPLES_FILE)
            faults += list(_faults(path, texts[path], content, templates))
            layers.append((prefix, _mapping(content, "variables"), _cases(prefix, content, templates)))
        return cls(tuple(layers), tuple(faults))

    def cases(self, name: str, needs: frozenset[str]) -> list[Case]:
        """Complete sets of variables for a template, at least one; MissingSampleError names what has no sample."""
        general: Case = {}
        special: list[Case] = [{}]
        for prefix, variables, cases in self.layers:
            if name.startswith(prefix):
                general |= variables
                special = cases.get(name, special)
        complete = [{key: value for key, value in (general | case).items() if key in needs} for case in special]
        for case in complete:
            for variable in sorted(needs - case.keys()):
                raise MissingSampleError(variable)
        return complete


def _object(text: str) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else {"": None}


def _mapping(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key, {})
    return found if isinstance(found, dict) else {}


def _cases(prefix: str, content: Mapping[str, Any], templates: Mapping[str, str]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for name, cases in _mapping(content, "templates").items():
        full = name if name in templates else prefix + name
        found[full] = [case for case in (cases if isinstance(cases, list) else [cases]) if isinstance(case, dict)] or [
            {}
        ]
    return found


def _faults(path: str, text: str, content: Mapping[str, Any], templates: Mapping[str, str]) -> Iterator[Fault]:
    for key, value in content.items():
        if key not in ("variables", "templates") or not isinstance(value, dict):
            yield Fault(path, _line(text, key), key, _FORM)
    prefix = path.removesuffix(SAMPLES_FILE)
    for name, cases in _mapping(content, "templates").items():
        if name not in templates and prefix + name not in templates:
            yield Fault(path, _line(text, name), name, "there is no such template")
        if not all(isinstance(case, dict) for case in (cases if isinstance(cases, list) else [cases])):
            yield Fault(path, _line(text, name), name, "must be an object of variables, or a list of such objects")


def _line(text: str, key: str) -> int:
    """The first line that mentions a key; 1 when it is not found as it is written."""
    place = text.find(json.dumps(key, ensure_ascii=False))
    return text.count("\n", 0, place) + 1 if place >= 0 else 1
