"""The schemas for editors."""

import json
from pathlib import Path

from evals.scenario import Scenario
from evals.schema import FILES, schema_of, stale_schemas, write_schemas


def test_the_files_in_the_tree_are_what_the_models_say() -> None:
    assert stale_schemas() == []


def test_a_schema_that_is_old_or_missing_is_named(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert stale_schemas(tmp_path) == []
    (tmp_path / "schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "persona.schema.json").unlink()
    assert stale_schemas(tmp_path) == list(FILES)


def test_a_schema_tells_steps_checks_and_endings() -> None:
    definitions = json.loads(schema_of(Scenario))["$defs"]
    assert {"Says", "Happens", "ToolCheck", "HonestCheck", "OfferRow"} <= set(definitions)
    assert "no_sale" in definitions["Ending"]["enum"]
