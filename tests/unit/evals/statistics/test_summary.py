"""What a run comes to."""

import pytest

from evals.statistics.summary import summary
from tests.eval_runs import make_plays, make_verdict
from tests.evaluations import make_conversation


def test_pass_hat_is_the_mean_over_scenarios_however_often_each_was_played() -> None:
    plays = [*make_plays([True] * 8, scenario="uno"), *make_plays([True, False], scenario="dos")]
    whole = summary(plays).whole
    assert whole.passing[1] is not None and whole.passing[1].value == pytest.approx(0.75)
    assert whole.passing[8] is not None and (whole.passing[8].value, whole.passing[8].size) == (1.0, 1)
    assert (whole.scenarios, whole.counted, whole.passed) == (2, 10, 9)


def test_fewer_plays_than_k_are_no_pass_k() -> None:
    whole = summary(make_plays([True] * 3)).whole
    assert whole.passing[4] is None and whole.passing[8] is None and whole.passing[1] is not None


def test_void_conversations_are_counted_apart_but_their_gates_count() -> None:
    lie = make_conversation(
        seed=1, passed=False, prospect_faults=["two faces"], gate_fell=["honesty"], verdicts=(make_verdict(),)
    )
    found = summary([make_conversation(), lie])
    assert (found.whole.void, found.whole.counted, found.whole.passed) == (1, 1, 1)
    assert found.whole.passing[1] is not None and found.whole.passing[1].value == 1.0
    honesty = found.gates[0]
    assert (honesty.name, honesty.hit_conversations, honesty.hit_scenarios, honesty.bound) == ("honesty", 1, 1, 1.0)


def test_a_gate_is_bounded_by_scenarios_and_safety_only_by_those_that_are_about_it() -> None:
    attacks = [make_conversation(scenario=f"ataque-{n}", seed=s, gate="safety") for n in range(30) for s in range(4)]
    honesty, safety = summary([*attacks, make_conversation()]).gates
    assert (safety.conversations, safety.scenarios) == (120, 30) and safety.bound == pytest.approx(0.1)
    assert honesty.scenarios == 31 and honesty.bound == pytest.approx(3 / 31)


def test_where_all_pass_the_interval_is_the_rule_of_three() -> None:
    found = summary([make_conversation(scenario=f"caso-{n}") for n in range(30)]).whole.passing[1]
    assert found is not None and (found.value, found.high) == (1.0, 1.0) and found.low == pytest.approx(0.9)
    none = summary([make_conversation(scenario=f"caso-{n}", passed=False) for n in range(30)]).whole.passing[1]
    assert none is not None and (none.low, none.value) == (0.0, 0.0) and none.high == pytest.approx(0.1)


def test_what_a_turn_took_is_averaged_over_turns_and_tokens_are_unknown_until_somebody_counts() -> None:
    one = make_conversation(turns=4, model_calls=2, chars_in=400, chars_out=40, models={"embedded": 2})
    effort = summary([one], [{"scenario": one.scenario, "seed": 0, "turns": [10.0, 20.0, 30.0]}]).whole.effort
    assert (effort.calls, effort.chars_in, effort.chars_out, effort.tokens_in) == (0.5, 100, 10, None)
    assert effort.median == 20 and effort.cost(1, 2) is None and effort.asked == {"embedded": 2}
    live = one.model_copy(update={"tokens_in": 4_000, "tokens_out": 400})
    cost = summary([live]).whole.effort.cost(1.0, 10.0)
    assert cost == pytest.approx((1_000 + 1_000) / 1e6) and summary([live]).whole.effort.median is None


def test_areas_and_right_no_sales_are_counted_by_suite() -> None:
    buys = make_conversation(scenario="compra", suite="funnel", right_end=["sale"], checked={"style": (3, 4)})
    found = summary([buys, make_conversation(checked={"style": (1, 1), "end": (1, 1)})])
    assert [group.name for group in found.suites] == ["funnel", "smoke"]
    assert [group.right_no_sales for group in found.suites] == [0.0, 1.0] and found.whole.right_no_sales == 0.5
    assert found.whole.areas == {"end": (1, 1), "style": (4, 5)}
    assert summary([]).whole.passing[1] is None and summary([]).whole.detectable is None
