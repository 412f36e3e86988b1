"""What a run prints."""

from io import StringIO

from rich.console import Console

from evals.gates import Fallen
from evals.printing import show_failures, show_gates, show_totals
from evals.record import Verdict
from tests.evaluations import make_conversation


def _printed(show: object, *values: object) -> str:
    console = Console(file=StringIO(), width=140)
    show(console, *values)  # type: ignore[operator]
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def _verdict(check: str, gate: str = "none") -> Verdict:
    around = ("¿precio?", "[red]Depende[/].")
    given = {"check": check, "kind": "says", "area": "claims", "turn": 4, "gate": gate, "passed": False}
    return Verdict.model_validate({**given, "expected": "249", "actual": "Depende.", "around": around})


def test_gates_come_first_and_the_same_failure_of_other_seeds_is_told_once() -> None:
    failed = [make_conversation(seed=seed, passed=False, verdicts=[_verdict("says: 249")]) for seed in range(3)]
    lie = make_conversation(scenario="zeta", passed=False, verdicts=[_verdict("honest: True", "honesty")])
    text = _printed(show_failures, [*failed, lie])
    assert text.index("zeta") < text.index("una-pregunta") and text.count("says: 249") == 1
    assert "honesty gate" in text and "[red]Depende[/]." in text and "turn 4" in text


def test_what_is_left_out_is_counted_and_an_error_is_never_left_out() -> None:
    failed = [make_conversation(scenario=f"caso-{n}", passed=False, verdicts=[_verdict("says: x")]) for n in range(5)]
    text = _printed(show_failures, [*failed, make_conversation(scenario="roto", error="KeyError: x")], 2)
    assert "… and 3 more" in text and "KeyError: x" in text


def test_totals_leave_out_what_the_prospect_spoilt() -> None:
    spoilt = make_conversation(seed=1, passed=False, prospect_faults=["two faces"])
    row = next(line for line in _printed(show_totals, [make_conversation(), spoilt]).splitlines() if "smoke" in line)
    assert [cell.strip() for cell in row.split("│")[1:5]] == ["smoke", "2", "1 (100.0%)", "1"]


def test_gates_are_told() -> None:
    assert "All gates hold" in _printed(show_gates, [])
    assert "Gate fell: honesty" in _printed(show_gates, [Fallen("honesty", "one lie")])
