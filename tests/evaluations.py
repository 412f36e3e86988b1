"""Small scenarios, records and cases for the tests of the evals."""

from datetime import UTC, datetime
from typing import Any

from core.domain.funnel import Stage
from evals.checks.case import Case
from evals.persona import Persona
from evals.playing import Played
from evals.record import Conversation, Outcome, Transcript, TurnRecord
from evals.scenario import Scenario

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
PRICE = {"key": "course.price", "kind": "money", "value": "249.00", "unit": "USD", "source": "courses:1"}
PERSONA = Persona(id="ana-prueba", name="Ana", country="MX")


def make_scenario(**fields: Any) -> Scenario:
    """A scenario of one question that should end without a sale."""
    given = {"id": "una-pregunta", "about": "A question is answered.", "turns": [{"says": "¿cuánto cuesta?"}]}
    return Scenario.model_validate({**given, "right_end": "no_sale", **fields})


def make_turn(number: int = 1, *texts: str, **fields: Any) -> TurnRecord:
    """A turn that the embedded model answered."""
    given = {"number": number, "at": NOW.isoformat(), "step": {"says": "hola"}, "stage": Stage.CONVERSATION}
    return TurnRecord.model_validate({**given, "heard": ("hola",), "texts": texts, "model": "embedded", **fields})


def make_outcome(**tables: Any) -> Outcome:
    """An outcome with a lead in conversation and these rows."""
    return Outcome(lead={"stage": "conversation", "name": "Ana"}, tables=tables)


def make_case(*turns: TurnRecord, along: bool = False, outcome: Outcome | None = None) -> Case:
    """A case about these turns, or, along the way, about the last one."""
    scope = turns[-1:] if along else turns
    facts = {"1": (PRICE,)}
    return Case(PERSONA, turns, scope, outcome or make_outcome(), facts, NOW, frozenset({"Ana"}), along)


def make_conversation(**fields: Any) -> Conversation:
    """A conversation that passed."""
    given = {"suite": "smoke", "scenario": "una-pregunta", "persona": "ana-prueba", "seed": 0}
    return Conversation.model_validate({**given, "right_end": ["no_sale"], "end": "no_sale", "passed": True, **fields})


def make_played(**fields: Any) -> Played:
    """A played conversation with one turn."""
    one = make_conversation(**fields)
    transcript = Transcript(
        suite=one.suite, scenario=one.scenario, seed=one.seed, turns=(make_turn(1, "Hola"),), outcome=make_outcome()
    )
    return Played(one, transcript, 0.5, (12.5,))
