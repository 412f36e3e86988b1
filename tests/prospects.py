"""Simulated people and what they see, for the tests of the prospects."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from evals.persona import Persona
from evals.prospect import Prospect, ProspectPlan, Seen
from evals.prospects.machine import Machine
from evals.prospects.person import Person
from evals.record import TurnRecord
from evals.steps import Says, Step
from tests.evaluations import make_turn

PRICE = "El precio es de 249 USD."


def make_person(plan: dict[str, Any] | None = None, **persona: Any) -> Person:
    """Somebody without doubts who types cleanly; `plan` as in a scenario's `prospect:`."""
    given = {"id": "ana-prueba", "name": "Ana", "country": "MX"}
    return Person.of(ProspectPlan.model_validate(plan or {}), Persona.model_validate({**given, **persona}))


def make_machine(plan: dict[str, Any] | None = None, seed: int = 0, **persona: Any) -> Machine:
    """The machine that plays them."""
    return Machine(make_person(plan, **persona), random.Random(seed))


def make_seen(number: int, *texts: str, **fields: Any) -> Seen:
    """What is on the screen after a turn."""
    return Seen(make_turn(number, *texts, **fields), number, float(number))


def told(step: Step | None) -> str:
    """What a step says, in one line; its kind for one that says nothing."""
    if isinstance(step, Says):
        return step.says if isinstance(step.says, str) else " ".join(step.says)
    return type(step).__name__


async def play(
    prospect: Prospect, answer: Callable[[str], TurnRecord], opening: Sequence[str] = (PRICE,), most: int = 60
) -> list[Step]:
    """All that they do against whoever answers by `answer`, up to `most` steps."""
    steps: list[Step] = []
    seen = make_seen(1, *opening)
    while len(steps) < most and (step := await prospect.next(seen)) is not None:
        steps.append(step)
        number = len(steps) + 1
        seen = Seen(answer(told(step)).model_copy(update={"number": number}), number, float(number))
    return steps
