"""Which tool, and why that one: the four steps of a turn's choice, all of them recorded.

1. May    - hard rules take tools out, each with its reason.
2. Fits   - the stage, intent and objection give each remaining tool a weight.
3. Leans  - the arm, the conversion score, and what worked for people like this one multiply the weights.
4. Draws  - one tool, or none, is drawn from known probabilities with an exploration floor.

The probabilities are exact: p = (1 - k*f) * w / sum(w) + f for k candidates and floor f. With features and arm they
let another policy be judged from the log without being run on people (Bottou et al., JMLR 14, 2013). An arm or a score
changes which help is offered and when; it can change no price, fact or deadline.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.policy import Policy
from agent.talk import Talk
from core.domain.decisions import NONE
from core.domain.funnel import Stage
from core.domain.perception import Intent, Perception
from core.domain.turn import Selection
from core.learning.leaning import NEUTRAL, Leans, Recommender
from core.learning.predictor import Features, Prediction

OFFERS = {"present_offer": "discount", "list_bonuses": "bonus"}
DEMO = "create_demo_link"
SELLS = frozenset({"create_payment_link", "present_offer", "list_bonuses", DEMO})
"""What nobody under age is offered, asked for or not: an adult enrols with them."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a selection may depend on. `live_offers` are the kinds of offers that are live for the course; `booked`
    says that a demonstration is to come.
    """

    turn_id: str
    stage: Stage
    arm: str
    perception: Perception
    talk: Talk
    features: Features
    prediction: Prediction
    live_offers: frozenset[str]
    floor: float
    recommender: Recommender = NEUTRAL
    booked: bool = False


def select(policy: Policy, situation: Situation, tools: Iterable[str]) -> Selection:
    """Choose the tools that the model sees, and draw this turn's suggestion."""
    names = tuple(tools)
    refused = {tool: why for tool in names if (why := refusal_of(policy, situation, tool))}
    eligible = tuple(tool for tool in names if tool not in refused)
    weights = {tool: weight_of(policy, situation, tool) for tool in eligible}
    leans = leans_of(situation, weights)
    weights = {tool: weight * leans.get(tool, 1.0) for tool, weight in weights.items()}
    probabilities = draw_probabilities(policy.none * leans.get(NONE, 1.0), weights, situation.floor)
    drawn = draw(probabilities, situation.turn_id)
    return Selection(
        stage=situation.stage,
        arm=situation.arm,
        eligible=eligible,
        offered=_offered(policy, eligible, weights, {drawn, *policy.asked_for(situation.perception)}),
        refused=refused,
        probabilities=probabilities,
        suggestion=None if drawn == NONE else drawn,
        propensity=probabilities[drawn],
        exploration_floor=min(situation.floor, 0.5 / len(probabilities)),
        score=situation.prediction.probability,
        predictor=situation.prediction.predictor,
        features=dict(situation.features),
        recommender=situation.recommender.version,
        leans={name: lean for name, lean in leans.items() if lean != 1.0},
    )


def refusal_of(policy: Policy, situation: Situation, tool: str) -> str:
    """Why this tool may not be used now, as a code; empty if it may."""
    talk = situation.talk
    if why := _ruled_out(policy, situation, tool):
        return why
    if tool in policy.always or tool in policy.asked_for(situation.perception):
        return ""
    if tool == DEMO and situation.booked:
        return "already_booked"
    if tool in policy.pressure.tools and _within(talk, talk.refused_at, policy.pressure.turns):
        return "after_refusal"
    pause = policy.cooldown.get(tool, policy.cooldown.get("default", 1))
    return "cooldown" if _within(talk, talk.used.get(tool), pause) else ""


def _ruled_out(policy: Policy, situation: Situation, tool: str) -> str:
    """Why not even asking for the tool brings it."""
    if situation.talk.minor and tool in SELLS:
        return "minor"
    if tool in OFFERS and OFFERS[tool] not in situation.live_offers:
        return "no_live_offer"
    no = situation.perception.intent in (Intent.REFUSAL, Intent.STOP_REQUEST)
    return "refusal" if no and tool not in policy.always else ""


def _within(talk: Talk, turn: int | None, turns: int) -> bool:
    return turn is not None and talk.habits.turns - turn <= turns


def weight_of(policy: Policy, situation: Situation, tool: str) -> float:
    """The product of the stage's, intent's, objection's, arm's and score's weights; without a stage weight 0."""
    prediction, perception = situation.prediction.probability, situation.perception
    weight = policy.stages.get(situation.stage.value, {}).get(tool, 0.0)
    leans: list[Mapping[str, float]] = [
        policy.intents.get(perception.intent.value, {}),
        policy.objections.get(perception.objection.value, {}),
        policy.arms.get(situation.arm, {}),
    ]
    if prediction < policy.low_score:
        leans.append(policy.score.get("low", {}))
    if prediction > policy.high_score:
        leans.append(policy.score.get("high", {}))
    for lean in leans:
        weight *= lean.get(tool, 1.0)
    return weight


def leans_of(situation: Situation, weights: Mapping[str, float]) -> Leans:
    """The recommender's lean for each candidate of the draw; it knows the prediction as the feature `score`."""
    candidates = (NONE, *(tool for tool, weight in weights.items() if weight > 0))
    features = {**situation.features, "score": situation.prediction.probability}
    return situation.recommender.leans(features, candidates)


def draw_probabilities(none: float, weights: Mapping[str, float], floor: float) -> dict[str, float]:
    """The distribution of the draw. Tools of weight 0 are no candidates; "none" always is. None is below the floor."""
    candidates = {NONE: none, **{tool: weight for tool, weight in weights.items() if weight > 0}}
    total, least = sum(candidates.values()), min(floor, 0.5 / len(candidates))
    spread = 1.0 - least * len(candidates)
    return {name: spread * weight / total + least for name, weight in candidates.items()}


def draw(probabilities: dict[str, float], turn_id: str) -> str:
    """Draw by the turn's own uniform number, so that a turn that is run again draws the same."""
    place = int.from_bytes(hashlib.sha256(f"draw:{turn_id}".encode()).digest()[:8], "big") / 2**64
    edge = 0.0
    for name, probability in probabilities.items():
        edge += probability
        if place < edge:
            return name
    return next(reversed(probabilities))


def _offered(
    policy: Policy, eligible: tuple[str, ...], weights: Mapping[str, float], wanted: set[str]
) -> tuple[str, ...]:
    """The best-fitting tools, those that are always there, and the wanted ones, in the fixed order of the tools."""
    fitting = sorted((tool for tool in eligible if weights[tool] > 0), key=lambda tool: -weights[tool])
    seen = {*fitting[: policy.visible], *policy.always, *wanted}
    return tuple(tool for tool in eligible if tool in seen)
