"""Two runs beside each other."""

from pathlib import Path

import pytest

from core.errors import EvalError
from evals.report.versus import template_changes, versus
from tests.eval_runs import make_plays, make_run
from tests.evaluations import make_conversation


def test_what_differs_is_left_out_by_name(tmp_path: Path) -> None:
    first = make_run(
        tmp_path,
        "a",
        [*make_plays([True] * 3), make_conversation(scenario="cambiada"), make_conversation(scenario="vieja")],
    )
    second = make_run(
        tmp_path,
        "b",
        [*make_plays([True] * 2), make_conversation(scenario="cambiada"), make_conversation(scenario="nueva")],
        scenarios={"una-pregunta": "digest of una-pregunta", "cambiada": "other", "nueva": "n"},
        model="gpt",
        revision="def+dirty",
    )
    found = versus(first, second)
    assert found.comparison.whole.pairs == 2
    told = "\n".join(found.warnings)
    for part in (
        "text has changed: cambiada.",
        "only the first run has them: vieja.",
        "only the second run has them: nueva.",
        "these seeds: una-pregunta[2].",
        "model differs too: embedded, then gpt",
        "code differs too: abc, then def+dirty",
        "the second run",
    ):
        assert part in told


def test_nothing_in_common_is_refused_with_the_reasons(tmp_path: Path) -> None:
    first = make_run(tmp_path, "a", [make_conversation(scenario="vieja")])
    second = make_run(tmp_path, "b", [make_conversation(scenario="nueva")])
    with pytest.raises(EvalError, match="no conversation in common") as refused:
        versus(first, second)
    assert "vieja" in str(refused.value)


def test_the_same_twice_has_nothing_to_warn_of(tmp_path: Path) -> None:
    first, second = (make_run(tmp_path, name, make_plays([True, False])) for name in "ab")
    found = versus(first, second)
    assert found.warnings == () and found.changes == () and found.comparison.flipped == ()


def test_a_gate_that_an_unpaired_conversation_hit_is_not_lost(tmp_path: Path) -> None:
    lie = make_conversation(scenario="nueva", passed=False, gate_fell=["honesty"])
    first = make_run(tmp_path, "a", make_plays([True]))
    found = versus(first, make_run(tmp_path, "b", [*make_plays([True]), lie]))
    assert found.comparison.hits == (lie,) == found.comparison.new_hits


def test_prompts_that_differ_are_told_with_their_diff() -> None:
    before = {"rules.md.j2": "uno\ndos\n", "gone.md.j2": "x\n", "same.md.j2": "s\n"}
    changes = list(template_changes(before, {"rules.md.j2": "uno\ntres\n", "new.md.j2": "y\n", "same.md.j2": "s\n"}))
    assert [change.path for change in changes] == ["gone.md.j2", "new.md.j2", "rules.md.j2"]
    assert changes[2].diff.splitlines()[-2:] == ["-dos", "+tres"] and "-x" in changes[0].diff
