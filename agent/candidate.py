"""A candidate policy, and what it would have drawn from in a decision that was logged.

A candidate is a file like `prompts/selection.toml`, whole or only what differs from it; YAML with the same entries will
do. Two entries of its own: `arm = "consultative"` puts everybody into that arm, and `recommender = "none"` leaves out
what the recommender leaned. The hard rules (what is always there, cool-downs, pressure, what is asked for) decide what
may be drawn at all; under others the log holds no draws, so a candidate that changes one is refused by name.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from agent.policy import Policy, parse_policy, read_policy
from agent.selection import Situation, draw_probabilities, weight_of
from agent.talk import Talk
from agent.toolbox import NAMES
from core.domain.decisions import NONE, Decision
from core.domain.funnel import Stage
from core.domain.perception import Intent, Objection, Perception
from core.errors import CandidateError
from core.learning.predictor import Prediction

Word = TypeVar("Word", Intent, Objection)

HARD_RULES = ("always", "cooldown", "pressure", "asked", "asked_topics")
"""Entries of the policy of which the log cannot tell what others would have done."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`arm`: everybody's, or None for each person's own. `leaning`: whether the logged leans count."""

    policy: Policy
    arm: str | None = None
    leaning: bool = True

    def probabilities(self, decision: Decision) -> dict[str, float]:
        """What it would have drawn from among the tools that were eligible; sums to 1, none below the logged floor."""
        situation = _situation(decision, self.arm or decision.arm)
        leans = decision.leans if self.leaning else {}
        weights = {tool: weight_of(self.policy, situation, tool) * leans.get(tool, 1.0) for tool in decision.eligible}
        return draw_probabilities(self.policy.none * leans.get(NONE, 1.0), weights, decision.floor)


def read_candidate(text: str, form: Literal["toml", "yaml"], current: str) -> Candidate:
    """A candidate from its text, on top of the current policy's.

    Raises:
        CandidateError: it cannot be read, names what does not exist, or changes a hard rule; says what would do.
        PromptError: an entry is wrong.
    """
    given = _read(text, form)
    arm, leaning = given.pop("arm", None), given.pop("recommender", "logged")
    policy = read_policy(_overlaid(tomllib.loads(current), given), "The candidate")
    faults = [*_changed_rules(policy, parse_policy(current)), *_unknown_names(policy)]
    if arm is not None and arm not in policy.arms:
        faults.append(f"arm: {arm!r} should be one of {', '.join(policy.arms)}.")
    if leaning not in ("logged", "none"):
        faults.append(f'recommender: {leaning!r} should be "logged" or "none".')
    if faults:
        raise CandidateError(" ".join(faults))
    return Candidate(policy, arm, leaning == "logged")


def _changed_rules(policy: Policy, current: Policy) -> list[str]:
    changed = [name for name in HARD_RULES if getattr(policy, name) != getattr(current, name)]
    if not changed:
        return []
    return [
        f"It changes {', '.join(changed)}: these rules decide what may be drawn at all, and the log holds no draws "
        "under others. Try that in an experiment; weights, none, arm, low_score and high_score can be judged."
    ]


def _unknown_names(policy: Policy) -> list[str]:
    known = {
        "stages": [stage.value for stage in Stage],
        "intents": [intent.value for intent in Intent],
        "objections": [objection.value for objection in Objection],
        "score": ["low", "high"],
    }
    wrong = {table: sorted(set(getattr(policy, table)) - set(names)) for table, names in known.items()}
    wrong["tools"] = sorted(policy.named_tools() - set(NAMES))
    known["tools"] = list(NAMES)
    return [
        f"{', '.join(names)}: should be among the {at}: {', '.join(known[at])}." for at, names in wrong.items() if names
    ]


def _read(text: str, form: Literal["toml", "yaml"]) -> dict[str, Any]:
    readers: Mapping[str, Callable[[str], Any]] = {"toml": tomllib.loads, "yaml": _yaml}
    try:
        given = readers[form](text)
    except ValueError as error:
        raise CandidateError(f"It is no {form.upper()}: {error}") from None
    if not isinstance(given, dict):
        raise CandidateError("It should hold entries like prompts/selection.toml.")
    return given


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are laid over tables, entry by entry; anything else replaces."""
    both = partial(_laid, under)
    return {**under, **{name: both(name, value) for name, value in over.items()}}


def _laid(under: Mapping[str, Any], name: str, value: Any) -> Any:
    below = under.get(name)
    return _overlaid(below, value) if isinstance(below, dict) and isinstance(value, dict) else value


def _situation(decision: Decision, arm: str) -> Situation:
    """As much of the situation as the weights depend on."""
    features = decision.features
    perception = Perception(
        intent=_member(Intent, features.get("intent"), Intent.GENERAL_QUESTION),
        objection=_member(Objection, features.get("objection"), Objection.NONE),
    )
    return Situation(
        turn_id=decision.turn_id,
        stage=Stage(decision.stage),
        arm=arm,
        perception=perception,
        talk=Talk(),
        features=features,
        prediction=Prediction(float(features["score"]), {}),
        live_offers=frozenset(),
        floor=decision.floor,
    )


def _member(vocabulary: type[Word], value: object, usual: Word) -> Word:
    """The word of a vocabulary; what an older version recorded and this one does not know is taken for the usual."""
    return next((word for word in vocabulary if word.value == value), usual)
