"""The checks that there are, in the order of what counts: outcomes, tools, claims, style. An explicit list."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from evals.checks.case import BaseCheck
from evals.checks.claim import CLAIMS, CitesCheck, EvidenceCheck, HonestCheck, NeverSaysCheck, SaysCheck
from evals.checks.outcome import (
    OUTCOME,
    ClaimCheck,
    ConsentCheck,
    EventCheck,
    FollowUpCheck,
    HandoffCheck,
    LeadCheck,
    LinkCheck,
    NoEventCheck,
    PaymentCheck,
    RowsCheck,
    StageCheck,
)
from evals.checks.style import (
    STYLE,
    AcceptsRefusalCheck,
    AddressCheck,
    AnswersCheck,
    FreshCheck,
    LongestCheck,
    ModelCallsCheck,
    RepliedCheck,
    SpeaksCheck,
)
from evals.checks.tool import TOOLS, NotOfferedCheck, NoToolCheck, SuggestedCheck, ToolCheck
from evals.strict import by_head

CHECKS: tuple[type[BaseCheck], ...] = (*OUTCOME, *TOOLS, *CLAIMS, *STYLE)

Check = Annotated[
    Annotated[StageCheck, Tag("stage")]
    | Annotated[EventCheck, Tag("event")]
    | Annotated[NoEventCheck, Tag("no_event")]
    | Annotated[RowsCheck, Tag("rows")]
    | Annotated[LeadCheck, Tag("lead")]
    | Annotated[ConsentCheck, Tag("consent")]
    | Annotated[FollowUpCheck, Tag("follow_up")]
    | Annotated[HandoffCheck, Tag("handoff")]
    | Annotated[ClaimCheck, Tag("claim")]
    | Annotated[PaymentCheck, Tag("payment")]
    | Annotated[LinkCheck, Tag("link")]
    | Annotated[ToolCheck, Tag("tool")]
    | Annotated[NoToolCheck, Tag("no_tool")]
    | Annotated[SuggestedCheck, Tag("suggested")]
    | Annotated[NotOfferedCheck, Tag("not_offered")]
    | Annotated[HonestCheck, Tag("honest")]
    | Annotated[EvidenceCheck, Tag("evidence")]
    | Annotated[SaysCheck, Tag("says")]
    | Annotated[NeverSaysCheck, Tag("never_says")]
    | Annotated[CitesCheck, Tag("cites")]
    | Annotated[LongestCheck, Tag("longest")]
    | Annotated[FreshCheck, Tag("fresh")]
    | Annotated[AnswersCheck, Tag("answers")]
    | Annotated[AcceptsRefusalCheck, Tag("accepts_refusal")]
    | Annotated[SpeaksCheck, Tag("speaks")]
    | Annotated[AddressCheck, Tag("address")]
    | Annotated[RepliedCheck, Tag("replied")]
    | Annotated[ModelCallsCheck, Tag("model_calls")],
    Discriminator(by_head(CHECKS)),
]

ALWAYS: tuple[Any, ...] = (
    HonestCheck(honest=True, gate="honesty"),
    AcceptsRefusalCheck(accepts_refusal=True, gate="honesty"),
    LongestCheck(longest=900),
    FreshCheck(fresh=True),
    RepliedCheck(replied=True),
)
"""What holds of every scenario without being written; `without:` leaves one out by its head key."""
