"""Jinja2 as the prompts may use it, and the one place where sources become code.

The environment is sandboxed and immutable: a template can neither reach Python nor change what it was given, nor
multiply text until memory is full. A line that holds only `---` separates wordings. It becomes an unguessable mark
before compiling, so that a prospect who writes such a line cannot cut a message in two. Code is compiled once and
shelved; the strict environment that speaks and the forgiving one that checks both take it from the same shelf.
"""

import re
import secrets
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError, Undefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.utils import Namespace

from core.prompts.fault import Fault
from core.prompts.prompt_files import TEMPLATE_SUFFIXES, PromptFiles, is_html, template_name, template_path

_BREAK = re.compile(r"^---[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class CompiledFiles:
    """`codes` holds what compiled, by template name; `faults` what did not; `mark` separates wordings."""

    files: PromptFiles
    codes: Mapping[str, CodeType]
    mark: str
    faults: tuple[Fault, ...]


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """HTML is escaped here. In plain text nothing is: the channel escapes, once, for itself."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, codes: Mapping[str, CodeType], undefined: type[Undefined] = StrictUndefined) -> None:
        super().__init__(
            loader=_Shelf(codes),
            undefined=undefined,
            autoescape=_is_escaped,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.globals = {"range": safe_range, "dict": dict, "namespace": Namespace}
        self.filters["one_line"] = one_line

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Numbers may be multiplied; text and lists may not, nor may anything be raised to a power."""
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"operator {operator} is only allowed as a product of two numbers")
        return super().call_binop(context, operator, left, right)


class _Shelf(BaseLoader):
    """Hands out compiled templates; a name is taken with or without its suffix."""

    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self._codes = codes

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        code = self._codes.get(template_name(name))
        if code is None:
            raise TemplateNotFound(name)
        return environment.template_class.from_code(environment, code, dict(globals or {}))


def _is_escaped(name: str | None) -> bool:
    return name is not None and is_html(template_name(name))


def one_line(value: object) -> str:
    """A person's words as one line that can open or close no block of the prompt."""
    return " ".join(str(value).split()).replace("<", "‹").replace(">", "›")


def compile_files(files: PromptFiles) -> CompiledFiles:
    """Compiles every template; a syntax error becomes a fault with its line, and the others still compile."""
    environment = PromptEnvironment({})
    mark = f"\x1e{secrets.token_hex(8)}\x1e"
    codes: dict[str, CodeType] = {}
    faults = list(files.faults)
    for name, source in files.templates.items():
        try:
            codes[name] = environment.compile(_BREAK.sub(mark, source), name, template_path(name))
        except TemplateSyntaxError as error:
            faults.append(Fault(template_path(name), error.lineno, "", str(error.message)))
        except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
            faults.append(Fault(template_path(name), 1, "", f"cannot be compiled: {error}"))
    return CompiledFiles(files, codes, mark, tuple(faults))


def fault_of(error: Exception, name: str) -> Fault:
    """Where in the templates an error of rendering `name` arose. Holds names of variables, never their values."""
    place, line = template_path(name), 0
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(TEMPLATE_SUFFIXES):
            place, line = file, trace.tb_lineno
        trace = trace.tb_next
    return Fault(place, line, _variable_of(error), f"{type(error).__name__}: {error}")


def _variable_of(error: Exception) -> str:
    quoted = re.findall(r"'([^']+)'", str(error)) if error.__class__.__name__ == "UndefinedError" else []
    return quoted[-1] if quoted else ""


def recording_undefined(record: Callable[[str, str, int], None]) -> type[Undefined]:
    """A stand-in for what is missing: it notes (variable, file, line) and goes on, so that all of it is found."""

    class Recorded(Undefined):
        __slots__ = ()

        def _note(self) -> None:
            record(self._undefined_name or "", *_rendering_place())

        def __str__(self) -> str:
            self._note()
            return "?"

        def __iter__(self) -> Any:
            self._note()
            return iter(())

        def __bool__(self) -> bool:
            self._note()
            return False

    return Recorded


def _rendering_place() -> tuple[str, int]:
    """File and line of the template being rendered, found on the stack as Jinja2 finds it for its errors."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return template_path(template.name), template.get_corresponding_lineno(frame.f_lineno)
    return "", 0
