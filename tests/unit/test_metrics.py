"""A malformed figure is left out, and the log says what was wrong and where."""

import pytest
from structlog.testing import capture_logs

from core.db.metrics import figure_of, figures_of

RIGHT = {"name": "horas", "kind": "duration", "value": "5", "unit": "hours", "label": "horas por semana"}


def test_well_formed_figures_keep_their_order() -> None:
    figures = figures_of([RIGHT, {}, RIGHT | {"name": "otras"}], "success_cases:3")
    assert [figure.name for figure in figures] == ["horas", "otras"]


@pytest.mark.parametrize(
    ("wrong", "named"), [({"unit": "horas"}, "hours"), ({"value": "x"}, "value"), ({"kind": "y"}, "kind")]
)
def test_the_log_names_the_row_and_the_fault(wrong: dict[str, str], named: str) -> None:
    with capture_logs() as logs:
        assert figure_of(RIGHT | wrong, "success_cases:3") is None
    (entry,) = logs
    assert (entry["event"], entry["row"], entry["log_level"]) == ("figure_malformed", "success_cases:3", "error")
    assert named in " ".join(entry["faults"])
