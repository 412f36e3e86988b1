"""The seeded state machine that plays a person."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.loading import read_library
from evals.prospects import make
from evals.prospects.machine import Machine
from evals.record import TurnRecord
from evals.steps import Happens, Presses, Sends, Waits
from tests.evaluations import make_scenario, make_turn
from tests.prospects import PRICE, make_machine, make_seen, play, told

PAY = [{"label": "Ir al pago", "url": "http://x.example/pagar/1"}]
DEMO = [{"label": "Elegir hora para la demo", "url": "http://x.example/demo/1"}]
HELP = "Son 249 USD, 8 semanas y 32 horas, con certificado y garantía de devolución."
TOPICS = ["price", "duration", "certificate", "guarantee"]


def _good(said: str) -> TurnRecord:
    """An obliging seller."""
    if "pago" in said or "pagar" in said:
        return make_turn(1, "Aquí tienes tu enlace por 249 USD.", buttons=PAY)
    return make_turn(1, "Elige tu hora.", buttons=DEMO) if "demo" in said else make_turn(1, HELP)


def _mute(_said: str) -> TurnRecord:
    return make_turn(1, "Con mucho gusto.")


async def test_questions_are_asked_in_order_and_then_they_go() -> None:
    machine = make_machine({"asks": ["price", "duration"]}, objects=[])
    steps = await play(machine, _good)
    assert len(steps) in (2, 3) and machine.left_because == "done" and not machine.faults


async def test_an_unanswered_question_is_asked_in_other_words_and_then_they_leave() -> None:
    machine = make_machine({"asks": ["price", "duration"]})
    steps = await play(machine, _mute)
    assert len(steps) == 2 and told(steps[0]) != told(steps[1])
    assert machine.left_because == "unanswered"


async def test_who_wants_the_demonstration_books_it_when_they_hold_the_link() -> None:
    machine = make_machine({"wants": "demo", "likes_to": ["book"]})
    steps = await play(machine, _good)
    assert [step.world for step in steps if isinstance(step, Happens)] == ["opens_demo", "books_demo"]
    assert machine.left_because == "got what they came for: demo"


async def test_who_can_pay_pays_once() -> None:
    machine = make_machine({"wants": "buy", "budget": 300, "likes_to": ["pay"]})
    steps = await play(machine, _good)
    assert [step.world for step in steps if isinstance(step, Happens)] == ["opens_payment", "paid"]
    assert not machine.faults


async def test_who_cannot_pay_says_so_once_and_leaves() -> None:
    machine = make_machine({"wants": "buy", "budget": 100, "likes_to": ["pay"]})
    steps = await play(machine, _good)
    assert len(steps) == 1 and machine.left_because == "over_budget"


async def test_an_offer_within_the_budget_changes_their_mind() -> None:
    def offers(said: str) -> TurnRecord:
        if "pag" in said:
            return make_turn(1, "Tu enlace, por 99 USD.", buttons=PAY)
        return make_turn(1, "Con la oferta queda en 99 USD.")

    machine = make_machine({"wants": "buy", "budget": 100, "likes_to": ["pay", "haggle"]})
    assert any(isinstance(step, Happens) for step in await play(machine, offers))


async def test_they_do_not_pay_a_link_over_more_than_was_offered() -> None:
    def baits(said: str) -> TurnRecord:
        return _good(said) if "pag" in said else make_turn(1, "Con la oferta queda en 99 USD.")

    machine = make_machine({"wants": "buy", "budget": 100, "likes_to": ["pay", "haggle"]})
    assert not any(isinstance(step, Happens) for step in await play(machine, baits))
    assert not machine.faults


async def test_pressure_after_a_no_drives_them_away() -> None:
    machine = make_machine({"asks": ["price"], "likes_to": ["say_no"], "leaves_when": ["pressure"]})

    def presses(said: str) -> TurnRecord:
        return make_turn(1, "Son 249 USD.") if "?" in said else make_turn(1, "¿Seguro que no? Aprovecha hoy.")

    await play(machine, presses)
    assert machine.left_because == "pressure"


async def test_without_that_rule_they_say_no_once_more_and_go() -> None:
    machine = make_machine({"likes_to": ["say_no"]})
    steps = await play(machine, lambda _said: make_turn(1, "¿Seguro que no? Aprovecha hoy."))
    assert len(steps) == 2 and machine.left_because == "said no"


async def test_an_objection_that_is_not_taken_away_cools_the_wish() -> None:
    plan = {"wants": "demo", "objects": ["price"], "urgency": 0, "patience": 9}
    machines = [make_machine(plan, seed, trust=0) for seed in range(12)]
    for machine in machines:
        await play(machine, _good)
    assert {machine.left_because for machine in machines} == {"not convinced", "got what they came for: demo"}


async def test_who_waits_for_a_person_says_no_more() -> None:
    machine = make_machine({"wants": "human", "asks": ["price"]}, urgency=1, seed=3)
    await play(machine, lambda said: make_turn(1, "Ya avisé al equipo." if "?" not in said else "Son 249 USD."))
    assert machine.left_because == "got what they came for: human"


async def test_who_comes_back_does_so_after_two_days() -> None:
    steps = await play(make_machine({"likes_to": ["thank", "come_back"]}), _good)
    assert [step.waits for step in steps if isinstance(step, Waits)] == ["2 days"]


async def test_the_way_in_is_walked_by_what_is_on_the_screen() -> None:
    machine = make_machine({"asks": ["price"]})
    notice = make_seen(1, "¿Lo aceptas?", buttons=[{"label": "Acepto", "action": "consent.accept"}])
    assert await machine.next(notice) == Presses(presses="Acepto")
    assert told(await machine.next(make_seen(2, "¿Cómo te llamas?"))) == "Ana"
    assert "?" in told(await machine.next(make_seen(3, PRICE)))


async def test_buttons_are_pressed_by_who_likes_to() -> None:
    shown = [{"label": "¿Cuánto cuesta?", "action": "ask.price"}]
    first = [
        await make_machine({"asks": ["price"], "likes_to": ["press_buttons"]}, seed).next(
            make_seen(1, "Hola", buttons=shown)
        )
        for seed in range(12)
    ]
    assert {type(step) for step in first if step} >= {Presses}


async def test_stickers_take_the_place_of_a_courtesy() -> None:
    plan = {"likes_to": ["greet", "thank", "send_stickers"]}
    played = [await play(make_machine(plan, seed), _good) for seed in range(30)]
    assert any(isinstance(step, Sends) for steps in played for step in steps)
    assert all(len(steps) == 2 for steps in played)


async def test_writing_after_having_left_is_a_fault_of_its_own() -> None:
    machine = make_machine()
    await play(machine, _good)
    assert await machine.next(make_seen(9, "¿Sigues ahí?")) is None
    assert machine.faults == ["is asked to write after having left"]


async def test_the_same_seed_is_the_same_person_and_another_is_another() -> None:
    scenario = make_scenario(turns=[], prospect={"asks": TOPICS, "objects": ["price"]})
    persona = read_library(["smoke"]).personas["milagros"]
    runs = [await play(make(scenario, persona, seed), _good) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] and runs[0] != runs[2]


def test_a_script_is_no_prospect() -> None:
    with pytest.raises(ValueError, match="has no prospect"):
        make(make_scenario(), read_library(["smoke"]).personas["mariana"], 0)


PLANS = st.fixed_dictionaries(
    {
        "wants": st.sampled_from(["demo", "buy", "information", "resources", "human", "nothing"]),
        "asks": st.lists(st.sampled_from(TOPICS), max_size=4),
        "objects": st.lists(st.sampled_from(["price", "time", "value", "trust"]), max_size=3, unique=True),
        "budget": st.sampled_from([0, 100, 250, None]),
        "likes_to": st.lists(
            st.sampled_from(["press_buttons", "haggle", "greet", "thank", "send_stickers", "say_no", "pay", "book"]),
            unique=True,
        ),
    }
)
REPLIES = st.sampled_from(
    [HELP, "Con gusto.", "¿Seguro? Aprovecha.", "Con la oferta queda en 99 USD.", "Ya avisé al equipo."]
)


@settings(max_examples=120, deadline=None)
@given(PLANS, st.integers(0, 9), st.lists(st.tuples(REPLIES, st.sampled_from([(), PAY, DEMO])), min_size=1, max_size=8))
async def test_whatever_they_are_told_they_leave_in_time_and_keep_their_contract(
    plan: dict[str, Any], seed: int, replies: list[tuple[str, list[dict[str, str]]]]
) -> None:
    persona = read_persona(seed)
    machine = make_machine(plan, seed, **persona)
    turns = iter(replies * 60)

    def answer(_said: str) -> TurnRecord:
        text, buttons = next(turns)
        return make_turn(1, text, buttons=buttons)

    steps = await play(machine, answer)
    assert machine.left_because and len(steps) < 40 and machine.faults == []


def read_persona(seed: int) -> dict[str, Any]:
    """Natures that differ by a number."""
    draws = random.Random(seed)
    typing = {"accents": bool(seed % 2), "typos": draws.random(), "split": draws.random(), "emoji": draws.random()}
    return {"patience": draws.random(), "trust": draws.random(), "urgency": draws.random(), "typing": typing}


def test_the_machine_is_what_plays_by_default() -> None:
    scenario = make_scenario(turns=[], prospect={"wants": "demo"})
    assert isinstance(make(scenario, read_library(["smoke"]).personas["diego"], 0), Machine)
