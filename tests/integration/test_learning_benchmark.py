"""The benchmark of learning runs from end to end; what it measures is for people to read."""

import pytest

from evals.benchmarks.learning import main


def test_it_measures_and_judges_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick"]) == 0
    shown = capsys.readouterr().out
    for part in ("nearest neighbours", "floor 5 %", "DR", "bound", "coverage", "regret / random's"):
        assert part in shown
    assert "not measured" not in shown
