"""The JSON schemas by which an editor completes and checks the YAML files; made from the models that read them."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from evals.loading import SUITES
from evals.persona import Persona
from evals.scenario import Scenario

FILES: dict[str, type[BaseModel]] = {"schema.json": Scenario, "persona.schema.json": Persona}


def schema_of(model: type[BaseModel]) -> str:
    """The schema of a file: one document, or a list of them."""
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": model.__name__,
        "anyOf": [
            {"$ref": f"#/$defs/{model.__name__}"},
            {"type": "array", "items": {"$ref": f"#/$defs/{model.__name__}"}},
        ],
        "$defs": {**definitions, model.__name__: schema},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def stale_schemas(folder: Path = SUITES) -> list[str]:
    """The schema files that are not what the models say."""
    return [name for name, model in FILES.items() if _read(folder / name) != schema_of(model)]


def write_schemas(folder: Path = SUITES) -> None:
    """Write them all."""
    for name, model in FILES.items():
        (folder / name).write_text(schema_of(model), encoding="utf-8")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
