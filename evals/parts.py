"""Parts of the evals that stand on these modules and need not be there: the report, the simulated prospects, inspect.

They are looked up when they are used, so that a run without them still plays, and what is missing is told by name.
"""

from importlib import import_module
from typing import Any

from core.errors import EvalError


def part(name: str) -> Any | None:
    """A module of the evals by its name below `evals`; None when there is no such module."""
    whole = f"evals.{name}"
    try:
        return import_module(whole)
    except ModuleNotFoundError as error:
        if error.name and whole.startswith(error.name):
            return None
        raise EvalError(
            f"{whole} needs {error.name}, which is not installed: uv run --group evals -m evals …"
        ) from None


def needed(name: str) -> Any:
    """The same.

    Raises:
        EvalError: there is no such module.
    """
    found = part(name)
    if found is None:
        raise EvalError(f"evals/{name.replace('.', '/')} is not there.")
    return found
