"""What a turn cost."""

from pathlib import Path

import pytest

from core.errors import EvalError
from evals.report.prices import FILE, price_of, told
from evals.statistics.summary import summary
from tests.evaluations import make_conversation


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A price list of one model."""
    path = tmp_path / "prices.toml"
    path.write_text('"org/m" = [1, 10.0]\n', encoding="utf-8")
    return path


def test_cost_is_told_when_price_and_tokens_are_known_and_else_what_is_missing(file: Path) -> None:
    silent = make_conversation(turns=2)
    counted = silent.model_copy(update={"tokens_in": 2_000, "tokens_out": 200})
    effort, unknown = summary([counted]).whole.effort, summary([silent]).whole.effort
    assert told(effort, "org/m", file) == "0.002000 USD" and told(unknown, "embedded", file) == "no cost"
    assert "counted no tokens" in told(unknown, "org/m", file) and "no price of org/n" in told(effort, "org/n", file)


@pytest.mark.parametrize("text", ['"m" = 3', '"m" = [1]', '"m" = ["a", "b"]', "m = ["])
def test_a_malformed_list_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match=r"should have lines such as"):
        price_of("m", path)


def test_the_project_s_own_list_can_be_read() -> None:
    assert price_of("nobody/wrote-it-down", FILE) is None
