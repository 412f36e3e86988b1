"""Conversations on the real graph."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.funnel import Stage
from evals.stage import Stage as PlayingStage
from tests.integration.evals.conftest import Plays

BUY = "ya me decidí, quiero inscribirme. dame el enlace de pago"
OFFER = {"course": "ia-para-profesionales", "kind": "discount", "name": "Veinte", "percent_off": 20, "max_claims": 10}


async def test_the_same_seed_gives_the_same_bytes_whatever_came_before(plays: Plays) -> None:
    fields: dict[str, Any] = {"turns": [{"says": "¿qué temas se ven?"}, {"says": BUY}, {"world": "paid"}]}
    first = await plays(seed=3, **fields)
    await plays(id="otra-cosa", turns=[{"says": "hola"}], world={"offers": [], "arm": "aggressive"})
    again = await plays(seed=3, **fields)
    assert again.conversation == first.conversation and again.transcript == first.transcript
    assert again.transcript.model_dump_json() == first.transcript.model_dump_json()


async def test_another_seed_is_another_person(plays: Plays) -> None:
    several = [await plays(seed=seed) for seed in range(8)]
    assert len({played.conversation.arm for played in several}) > 1
    assert len({played.transcript.turns[-1].said for played in several}) > 1


async def test_the_way_to_the_beginning_is_walked_and_judged_apart(plays: Plays) -> None:
    played = await plays(checks=[{"answers": "price"}])
    walked = [turn.prelude for turn in played.transcript.turns]
    assert walked == [True, True, True, False] and played.conversation.passed, played.conversation


async def test_a_sale_is_paid_settled_and_seen_by_the_checks_along_the_way(plays: Plays) -> None:
    turns = [
        {"says": BUY, "checks": [{"payment": "link_sent", "amount": "199.20"}, {"claim": "reserved"}]},
        {"world": "paid", "checks": [{"stage": "customer"}]},
    ]
    played = await plays(turns=turns, world={"offers": [OFFER]}, checks=[{"claim": "paid"}], right_end="sale")
    assert played.conversation.passed, played.conversation.verdicts
    assert played.conversation.checked["outcome"] == (4, 4)


async def test_a_failing_check_tells_turn_expected_actual_and_the_lines_around(plays: Plays) -> None:
    played = await plays(turns=[{"says": "¿y en cuánto sale?", "checks": [{"says": "gratis"}]}])
    [verdict] = played.conversation.verdicts
    assert (verdict.check, verdict.turn, verdict.expected) == ("says: gratis", 4, "gratis")
    assert verdict.around[0] == "¿y en cuánto sale?" and "249" in verdict.around[1] and "249" in verdict.actual
    assert not played.conversation.passed and played.conversation.gate_fell == ()


async def test_time_passes_as_the_scenario_says(plays: Plays) -> None:
    turns = [{"says": "hola"}, {"waits": "2 days"}, {"says": "sigo aquí", "after": "90 minutes"}]
    played = await plays(turns=turns)
    first, last = (datetime.fromisoformat(turn.at) for turn in played.transcript.turns[-2:])
    assert last - first == timedelta(days=2, minutes=90)


async def test_a_hand_off_times_out_on_the_scenarios_clock(plays: Plays) -> None:
    turns = [{"commands": "asesor", "checks": [{"handoff": "open"}]}, {"world": "handoff_timeout"}]
    played = await plays(turns=turns, world={"settings": {"handoff_minutes": 7}})
    before, after = played.transcript.turns[-2:]
    assert (before.stage, after.stage) == (Stage.HANDOFF, Stage.CONVERSATION)
    assert datetime.fromisoformat(after.at) - datetime.fromisoformat(before.at) == timedelta(minutes=7)


async def test_who_is_erased_leaves_nothing(plays: Plays) -> None:
    turns = [{"commands": "borrar"}, {"presses": "Sí, borrar todo"}]
    played = await plays(turns=turns, checks=[{"lead": "none"}], right_end="opted_out")
    assert played.conversation.passed and played.transcript.outcome.tables == {}


async def test_what_goes_wrong_is_an_error_and_never_a_pass(plays: Plays, stage: PlayingStage) -> None:
    broken = await plays(world={"rows": [{"table": "nowhere", "values": {"a": 1}}]})
    assert "nowhere" in broken.conversation.error and not broken.conversation.passed
    assert (await plays()).conversation.passed


@pytest.mark.parametrize("kind", ["slow", "failing", "rejecting", "malformed", "empty", "looping", "lying"])
async def test_a_model_that_fails_or_lies_never_reaches_the_prospect(plays: Plays, kind: str) -> None:
    played = await plays(model={"kind": kind}, turns=[{"says": "¿cuánto cuesta?"}])
    last = played.transcript.turns[-1]
    assert last.texts and played.conversation.gate_fell == () and not played.conversation.error
    assert "19 USD" not in last.said


async def test_requests_are_metered(plays: Plays) -> None:
    played = await plays()
    conversation = played.conversation
    assert conversation.models == {"embedded": 1} and conversation.chars_in > 1000 and conversation.tokens_in == 0
    assert conversation.turns == len(played.turn_ms) == 4


async def test_a_forced_arm_is_the_arm(plays: Plays) -> None:
    for arm in ("control", "aggressive", "consultative"):
        assert (await plays(world={"arm": arm})).conversation.arm == arm
