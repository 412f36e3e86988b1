"""What is said of a suite."""

from pathlib import Path

import pytest

from core.errors import EvalError
from evals.suite import FILE, Suite, read_suite


def test_the_smoke_suite_must_pass_whole() -> None:
    assert read_suite("smoke").at_least == 1.0


def test_a_suite_that_says_nothing_has_no_gate_of_its_own(tmp_path: Path) -> None:
    assert read_suite("s", tmp_path) == Suite() == Suite(at_least=0.0, seeds=1)


@pytest.mark.parametrize("text", ["at_least: 2", "at_most: 1", "[", "3"])
def test_a_malformed_one_is_told_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=FILE):
        read_suite("s", tmp_path)
