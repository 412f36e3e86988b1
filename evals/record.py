"""What is written down of a conversation: its turns, its outcome in the database, and what was found right or wrong.

Nothing here knows how long anything took: the same seed gives the same bytes, and durations are kept in another file.
"""

from typing import Any, Literal

from pydantic import Field

from core.domain.funnel import Stage
from evals.strict import Strict

Area = Literal["outcome", "tools", "claims", "style", "prospect", "end"]
Gate = Literal["none", "honesty", "safety"]
Json = dict[str, Any]


class ModelRequest(Strict):
    """One question to the chain of models. Tokens are the provider's own count; None where it gave none."""

    model: str
    calls: int
    chars_in: int
    chars_out: int
    tokens_in: int | None = None
    tokens_out: int | None = None


class TurnRecord(Strict):
    """One turn: what the person did, what Brenda answered, and all that she decided. `prelude`: walked, not written.

    `evidence` is what the tools brought, `told` what the model's brief told beside the facts of the `course`.
    """

    number: int
    at: str
    prelude: bool = False
    step: Json
    heard: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    buttons: tuple[dict[str, str], ...] = ()
    media: tuple[dict[str, str], ...] = ()
    to_advisor: tuple[str, ...] = ()
    stage: Stage
    perception: Json = Field(default_factory=dict)
    tools: tuple[Json, ...] = ()
    selection: Json | None = None
    arm: str = ""
    probability: float | None = None
    evidence: tuple[dict[str, str], ...] = ()
    told: tuple[dict[str, str], ...] = ()
    course: int | None = None
    events: tuple[Json, ...] = ()
    consents: tuple[Json, ...] = ()
    model: str | None = None
    model_calls: int = 0
    requests: tuple[ModelRequest, ...] = ()

    @property
    def said(self) -> str:
        """All that Brenda said in this turn."""
        return "\n".join(self.texts)


class Outcome(Strict):
    """The rows of one lead in the database, as plain values."""

    lead: Json
    tables: dict[str, tuple[Json, ...]]

    def rows(self, table: str) -> tuple[Json, ...]:
        """The rows of a table; none when it has none."""
        return self.tables.get(table, ())


class Verdict(Strict):
    """What one check found. `around` are the two lines of chat around the turn that it is about."""

    check: str
    kind: str
    area: Area
    turn: int | None = None
    gate: Gate = "none"
    passed: bool
    expected: str
    actual: str
    around: tuple[str, str] = ("", "")


class Conversation(Strict):
    """One line of results.jsonl. `checked` counts, by area, how many checks passed of how many;
    `models`, who answered how many turns: another one's answers are no proof of the model that was asked for.
    """

    suite: str
    scenario: str
    persona: str
    seed: int
    arm: str = ""
    tags: tuple[str, ...] = ()
    gate: Gate = "none"
    right_end: tuple[str, ...]
    end: str
    passed: bool
    gate_fell: tuple[Gate, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    checked: dict[str, tuple[int, int]] = Field(default_factory=dict)
    turns: int = 0
    models: dict[str, int] = Field(default_factory=dict)
    model_calls: int = 0
    chars_in: int = 0
    chars_out: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    prospect_faults: tuple[str, ...] = ()
    left_because: str = ""
    error: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """By what results are put in order."""
        return (self.suite, self.scenario, self.seed)

    @property
    def void(self) -> bool:
        """Whether the prospect broke its own contract, so that the conversation proves nothing of Brenda."""
        return bool(self.prospect_faults)


class Transcript(Strict):
    """One line of transcripts.jsonl. `facts` are each course's own, by its id: evidence in every turn about it."""

    suite: str
    scenario: str
    seed: int
    turns: tuple[TurnRecord, ...] = ()
    facts: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)
    outcome: Outcome
