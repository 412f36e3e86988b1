"""Logged decisions for tests, drawn by the real selection from the real policy, with a reward of known rate."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np

from agent.policy import parse_policy
from agent.selection import Situation, select
from agent.talk import Talk
from agent.toolbox import NAMES
from core.domain.decisions import NONE, Decision
from core.domain.funnel import Stage
from core.domain.perception import Intent, Objection, Perception
from core.domain.turn import Selection
from core.learning.leaning import NEUTRAL, Recommender
from core.learning.predictor import Prediction

CURRENT = (Path(__file__).resolve().parents[1] / "prompts" / "selection.toml").read_text(encoding="utf-8")
START = datetime(2026, 10, 1, 12, tzinfo=UTC)
INTENTS = (Intent.EXPLORATION, Intent.PRICE_QUESTION, Intent.SMALL_TALK, Intent.AUTOMATION_NEED)
OBJECTIONS = (Objection.NONE, Objection.NONE, Objection.PRICE, Objection.TRUST)

Rate = Callable[[Objection, str], float]
"""The true probability of a step, by the objection and what was drawn."""


def situation(turn_id: str, rng: np.random.Generator, recommender: Recommender = NEUTRAL) -> Situation:
    """A situation of the conversation."""
    perception = Perception(
        intent=INTENTS[rng.integers(len(INTENTS))], objection=OBJECTIONS[rng.integers(len(OBJECTIONS))]
    )
    features = {"stage": "conversation", "intent": perception.intent.value, "objection": perception.objection.value}
    return Situation(
        turn_id=turn_id,
        stage=Stage.CONVERSATION,
        arm="control",
        perception=perception,
        talk=Talk(),
        features={**features, "turns": float(rng.integers(1, 20))},
        prediction=Prediction(float(rng.uniform(0.02, 0.6)), {}),
        live_offers=frozenset({"discount", "bonus"}),
        floor=0.05,
        recommender=recommender,
    )


def drawn(number: int, seed: int = 0, recommender: Recommender = NEUTRAL) -> list[Selection]:
    """So many selections of the policy in force."""
    rng = np.random.default_rng(seed)
    policy = parse_policy(CURRENT)
    return [select(policy, situation(f"{seed}:{place}", rng, recommender), NAMES) for place in range(number)]


def logged(number: int, rate: Rate, each: int = 4, seed: int = 0) -> list[Decision]:
    """Decisions about people, `each` a person, with the step that came of them."""
    luck = np.random.default_rng(seed + 1).random(number)
    return [
        decision(selection, place // each, luck[place] < rate(objection_of(selection), selection.suggestion or NONE))
        for place, selection in enumerate(drawn(number, seed))
    ]


def decision(selection: Selection, lead: int, step: bool, called: tuple[str, ...] | None = None) -> Decision:
    """A selection as it is read back; by default what was suggested was also used."""
    used = (selection.suggestion,) if selection.suggestion else ()
    return Decision(
        lead=UUID(int=lead),
        turn_id=f"turn:{lead}",
        at=START + timedelta(minutes=lead),
        stage=selection.stage.value,
        arm=selection.arm,
        eligible=selection.eligible,
        probabilities=selection.probabilities,
        drawn=selection.suggestion or NONE,
        called=used if called is None else called,
        floor=selection.exploration_floor,
        features={**selection.features, "score": selection.score},
        leans=selection.leans,
        step=bool(step),
        sale=False,
    )


def objection_of(selection: Selection) -> Objection:
    """The objection in which was drawn."""
    return Objection(str(selection.features["objection"]))


def doubters_want_testimonials(objection: Objection, arm: str) -> float:
    """Testimonials help who does not trust, and nobody else."""
    return 0.2 + 0.5 * (objection is Objection.TRUST and arm == "find_testimonials")
