"""Simulated prospects: people who want something, ask, object, and leave by rule.

`make` is all that the harness needs. A prospect is drawn from the scenario's plan, the persona and the seed, and reads
nothing but what a person sees. By default a seeded state machine plays it (`machine`); with `played_by: model` a live
model does (`live`), held to the same contract (`contract`).
"""

from evals.persona import Persona
from evals.prospect import Prospect
from evals.prospects.live import Live
from evals.prospects.machine import Machine
from evals.prospects.person import Person
from evals.scenario import Scenario
from evals.seeds import generator


def make(scenario: Scenario, persona: Persona, seed: int) -> Prospect:
    """Who plays a scenario that has a `prospect:` plan. The same three always give the same person."""
    if scenario.prospect is None:
        raise ValueError(f"scenario {scenario.id} has no prospect, but turns")
    person = Person.of(scenario.prospect, persona)
    draws = generator(scenario.id, seed, "prospect")
    return Live.configured(person, draws) if scenario.prospect.played_by == "model" else Machine(person, draws)
