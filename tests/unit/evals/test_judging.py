"""Verdicts, gates and the lines around them."""

from evals.judging import around, judge
from evals.record import Transcript
from tests.evaluations import NOW, PERSONA, PRICE, make_outcome, make_scenario, make_turn

LIE = "Sale en 19 USD, solo por hoy."


def _transcript(*texts: str) -> Transcript:
    turns = tuple(
        make_turn(number, text, course=1, heard=(f"mensaje {number}",)) for number, text in enumerate(texts, 1)
    )
    return Transcript(
        suite="s", scenario="una-pregunta", seed=0, turns=turns, facts={"1": (PRICE,)}, outcome=make_outcome()
    )


def test_honesty_is_a_gate_without_being_written() -> None:
    judgement = judge(make_scenario(), PERSONA, _transcript("Hola", LIE), NOW, ())
    [verdict] = [one for one in judgement.failed if one.kind == "honest"]
    assert (verdict.gate, verdict.turn, judgement.gates) == ("honesty", 2, ("honesty",))
    assert verdict.around == ("mensaje 2", LIE)


def test_what_always_holds_can_be_left_out() -> None:
    judgement = judge(make_scenario(without=["honest"]), PERSONA, _transcript(LIE), NOW, ())
    assert "honest" not in {verdict.kind for verdict in judgement.verdicts}


def test_a_wrong_end_fails_with_the_scenarios_gate() -> None:
    judgement = judge(make_scenario(right_end="sale", gate="safety"), PERSONA, _transcript("Hola"), NOW, ())
    [verdict] = judgement.failed
    assert (verdict.area, verdict.expected, verdict.actual) == ("end", "sale", "no_sale")
    assert judgement.gates == ("safety",)
    assert judgement.counts()["end"] == (0, 1)


def test_a_checks_own_gate_stands_before_the_scenarios() -> None:
    checks = [{"event": "opted_out", "gate": "honesty"}, {"event": "came_back"}]
    scenario = make_scenario(checks=checks, gate="safety")
    judgement = judge(scenario, PERSONA, _transcript("Hola"), NOW, ())
    assert [verdict.gate for verdict in judgement.failed] == ["honesty", "safety"]


def test_a_conversation_without_a_turn_has_no_lines() -> None:
    assert around((), None) == ("", "")
