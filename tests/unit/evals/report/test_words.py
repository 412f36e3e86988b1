"""Figures as they are read."""

from evals.report import words
from evals.statistics.paired import Finding, paired
from evals.statistics.summary import GateCount, summary
from tests.eval_runs import make_plays
from tests.evaluations import make_conversation


def test_shares_points_and_numbers() -> None:
    assert (words.share(0.9744), words.share(None)) == ("97.4 %", "–")
    assert (words.points(0.0312), words.points(-0.5)) == ("+3.1", "-50.0")
    assert words.number(12_345.6) == "12\N{NARROW NO-BREAK SPACE}346" and words.number(None) == "–"
    assert (words.p_value(0.0316), words.p_value(1e-9)) == ("0.032", "< 0.001")
    assert (words.p_equals(0.0316), words.p_equals(1e-9)) == ("p = 0.032", "p < 0.001")
    assert (words.finds(None), words.finds(1.0), words.finds(0.0312)) == ("–", "nothing", "3.1 pt")


def test_a_gate_tells_what_was_seen_and_what_that_proves() -> None:
    held = words.gate(GateCount("safety", 2400, 0, 300, 0, 0.01))
    assert held == "safety: no hit in 2400 conversations of 300 scenarios; at most 1.0 % of such scenarios (95 %)"
    assert "FELL in 2 of 9 conversations, in 1 of 3" in words.gate(GateCount("honesty", 9, 2, 3, 1, 0.86))
    assert words.gate(GateCount("safety", 0, 0, 0, 0, None)) == "safety: no scenario watches it"


def test_tokens_are_told_when_known_and_characters_else() -> None:
    one = make_conversation(turns=1, chars_in=10, chars_out=2)
    assert words.volume(summary([one]).whole.effort) == "10 + 2 characters"
    live = one.model_copy(update={"tokens_in": 3, "tokens_out": 1})
    assert words.volume(summary([live]).whole.effort) == "3 + 1 tokens"
    assert words.latency(summary([one]).whole.effort) == "–"


def test_notes_name_everything_that_weakens_the_figures() -> None:
    spoilt = make_conversation(seed=1, prospect_faults=["x"], error="KeyError", models={"a": 1, "b": 2})
    told = " ".join(words.notes(summary([make_conversation(), spoilt])))
    for part in ("1 of 2 conversations were spoilt", "broke off", "--seeds 8", "Only 1 personas", "a 1, b 2"):
        assert part in told
    assert "too small" in words.smallest(summary([make_conversation()]).whole)
    assert words.smallest(summary([]).whole) == "Nothing can be compared with it."


def test_a_verdict_says_why_it_is_noise() -> None:
    same = paired(make_plays([True] * 3), make_plays([True] * 3))
    assert same is not None
    assert words.verdict(same.whole) == "Cannot be told from noise: no conversation changed its result."
    few = paired(make_plays([True, True]), make_plays([True, False]))
    assert few is not None and few.whole.finding is Finding.NOISE
    assert words.verdict(few.whole).startswith("Cannot be told from noise: ")
