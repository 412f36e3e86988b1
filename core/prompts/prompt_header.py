"""The first line of a template says which variables it needs; this compares what it says with what it uses.

`{# variables: name, course #}` or `{# variables: none #}`. What an included template uses counts as used by the one
that includes it. Files whose name begins with `_` hold macros for others: they have a header, but are never
rendered alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, meta, nodes

from core.prompts.fault import Fault
from core.prompts.prompt_environment import PromptEnvironment
from core.prompts.prompt_files import is_html, template_name, template_path

_HEADER = re.compile(r"\{#-?\s*variables:(?P<names>[^#]*?)-?#\}")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_FORM = 'must open with a comment such as "{# variables: name, course #}" or "{# variables: none #}"'


@dataclass(frozen=True)
class Usage:
    """What a template's own source mentions, with the line of its first mention; `dynamic` are unnamed includes."""

    variables: Mapping[str, int]
    includes: Mapping[str, int]
    dynamic: tuple[int, ...]


def declared_variables(source: str) -> frozenset[str]:
    """The names in the header; raises ValueError with the right form when there is no proper header."""
    header = _HEADER.match(source)
    if header is None:
        raise ValueError(_FORM)
    names = [name.strip() for name in header["names"].split(",")]
    if names == ["none"]:
        return frozenset()
    wrong = [name for name in names if not _IDENTIFIER.fullmatch(name)]
    if wrong:
        raise ValueError(f"{wrong[0]!r} in the header is no variable's name; it {_FORM}")
    return frozenset(names)


def header_faults(templates: Mapping[str, str], environment: PromptEnvironment) -> list[Fault]:
    """Every way in which headers, uses and includes of these templates (name to source) disagree."""
    usages = {name: usage for name, source in templates.items() if (usage := _usage(source, environment))}
    faults: list[Fault] = []
    for name, usage in usages.items():
        faults += _include_faults(name, usage, templates)
        try:
            declared = declared_variables(templates[name])
        except ValueError as error:
            faults.append(Fault(template_path(name), 1, "", str(error)))
            continue
        faults += _disagreements(name, declared, usages)
    return faults


def _usage(source: str, environment: PromptEnvironment) -> Usage | None:
    """None when the source does not parse, which compiling has reported already."""
    try:
        tree = environment.parse(source)
        undeclared = meta.find_undeclared_variables(tree) - environment.globals.keys()
    except TemplateSyntaxError:
        return None
    lines = {node.name: node.lineno for node in reversed(list(tree.find_all(nodes.Name))) if node.name in undeclared}
    includes: dict[str, int] = {}
    dynamic: list[int] = []
    for target, line in _references(tree):
        if isinstance(target, nodes.Const) and isinstance(target.value, str):
            includes.setdefault(template_name(target.value), line)
        else:
            dynamic.append(line)
    return Usage(lines, includes, tuple(dynamic))


def _references(tree: nodes.Template) -> Iterator[tuple[nodes.Expr, int]]:
    yield from ((node.template, node.lineno) for node in tree.find_all(nodes.Include))
    yield from ((node.template, node.lineno) for node in tree.find_all(nodes.Import))
    yield from ((node.template, node.lineno) for node in tree.find_all(nodes.FromImport))
    yield from ((node.template, node.lineno) for node in tree.find_all(nodes.Extends))


def _include_faults(name: str, usage: Usage, templates: Mapping[str, str]) -> list[Fault]:
    path = template_path(name)
    faults = [Fault(path, line, "", "name the included template in quotes") for line in usage.dynamic]
    for target, line in usage.includes.items():
        if target not in templates:
            faults.append(Fault(path, line, "", f'includes "{target}", but there is no {template_path(target)}'))
        elif is_html(target) != is_html(name):
            faults.append(Fault(path, line, "", f'includes "{target}"; text and HTML do not mix, pass a variable'))
        elif re.search(r"^---[ \t]*$", templates[target], re.MULTILINE):
            faults.append(Fault(path, line, "", f'includes "{target}", which holds several wordings; include only one'))
    return faults


def _disagreements(name: str, declared: frozenset[str], usages: Mapping[str, Usage]) -> list[Fault]:
    path = template_path(name)
    used = _reach(name, usages)
    unused = [Fault(path, 1, variable, "is declared but not used") for variable in sorted(declared - used.keys())]
    return unused + [
        Fault(path, line, variable, "is used but not declared in the first line")
        for variable, line in sorted(used.items())
        if variable not in declared
    ]


def _reach(name: str, usages: Mapping[str, Usage]) -> dict[str, int]:
    """Variables used by a template and by what it includes; the latter with the line of the include."""
    found: dict[str, int] = {}
    seen: set[str] = set()
    queue: list[tuple[str, int]] = [(name, 0)]
    while queue:
        current, place = queue.pop(0)
        if current in seen or current not in usages:
            continue
        seen.add(current)
        for variable, line in usages[current].variables.items():
            found.setdefault(variable, place or line)
        queue += [(target, place or line) for target, line in usages[current].includes.items()]
    return found
