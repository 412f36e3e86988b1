"""The policy that admins edit in `prompts/selection.toml`: weights, cool-downs and what counts as pressure."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.domain.perception import Perception
from core.errors import PromptError

Weight = Annotated[float, Field(ge=0, le=100)]
Weights = dict[str, Weight]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pressure(_Strict):
    """What is withheld after a refusal, and for how many turns."""

    turns: Annotated[int, Field(ge=1)]
    tools: tuple[str, ...]


class Policy(_Strict):
    """Weights multiply: stage x intent x objection x arm x score. A tool without a stage weight is not drawn."""

    none: Annotated[float, Field(gt=0)]
    visible: Annotated[int, Field(ge=1)]
    always: tuple[str, ...]
    low_score: Annotated[float, Field(ge=0, le=1)]
    high_score: Annotated[float, Field(ge=0, le=1)]
    cooldown: dict[str, Annotated[int, Field(ge=0)]]
    pressure: Pressure
    stages: dict[str, Weights]
    intents: dict[str, Weights] = {}
    objections: dict[str, Weights] = {}
    score: dict[str, Weights] = {}
    arms: dict[str, Weights]
    asked: dict[str, tuple[str, ...]] = {}
    asked_topics: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _ordered(self) -> "Policy":
        if self.low_score > self.high_score:
            raise ValueError("low_score should not be above high_score")
        return self

    def asked_for(self, perception: Perception) -> frozenset[str]:
        """The tools that a message asks for, by its intent or a topic."""
        by_intent = self.asked.get(perception.intent.value, ())
        by_topic = (tool for topic in perception.topics for tool in self.asked_topics.get(topic.value, ()))
        return frozenset((*by_intent, *by_topic))

    def named_tools(self) -> frozenset[str]:
        """Every tool that the file names, to be checked against those that exist."""
        groups: list[Mapping[str, Weights]] = [self.stages, self.intents, self.objections, self.score, self.arms]
        weighted = {tool for group in groups for weights in group.values() for tool in weights}
        listed = {tool for asked in (self.asked, self.asked_topics) for tools in asked.values() for tool in tools}
        return frozenset({*weighted, *listed, *self.always, *self.pressure.tools, *(set(self.cooldown) - {"default"})})


@lru_cache(maxsize=4)
def parse_policy(text: str) -> Policy:
    """Read the policy's text.

    Raises:
        PromptError: names the entry that is wrong and what would be right.
    """
    try:
        return read_policy(tomllib.loads(text), "selection.toml")
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"selection.toml: {error}") from None


def read_policy(entries: Mapping[str, Any], name: str) -> Policy:
    """A policy from entries like the file's.

    Raises:
        PromptError: names the entry that is wrong, after `name`, and what would be right.
    """
    try:
        return Policy.model_validate(entries)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise PromptError(f"{name}: {faults}") from None
