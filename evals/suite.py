"""What is said of a whole suite, in its `_suite.yaml`: what it is for, and what share of it must pass."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from core.errors import EvalError
from evals.loading import SUITES
from evals.strict import Strict

FILE = "_suite.yaml"


class Suite(Strict):
    """`at_least` is a gate: the share of conversations that must pass; 0 is no gate. `seeds` is the usual number."""

    about: str = ""
    at_least: Annotated[float, Field(ge=0, le=1)] = 0.0
    seeds: Annotated[int, Field(ge=1)] = 1


def read_suite(name: str, folder: Path = SUITES) -> Suite:
    """What is said of a suite; the defaults when nothing is.

    Raises:
        EvalError: the file is malformed.
    """
    path = folder / name / FILE
    try:
        return Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except FileNotFoundError:
        return Suite()
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise EvalError(f"{path}: {error}") from None
