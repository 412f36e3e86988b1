"""Checks a reply before it is sent: every claim in it must be backed by this turn's evidence.

What a supported quotation says is the person's word, so numbers inside it need no fact of their own. Known limits: a
number is tied to what it measures only as far as `topics` goes, and a quotation not to the one who is named
beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.honesty.claims import Claim, extract_claims
from agent.honesty.evidence import Evidence
from core.domain.evidence import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ok` if nothing is `unsupported`."""

    ok: bool
    unsupported: tuple[Claim, ...] = ()


def verify(
    text: str,
    facts: Sequence[Fact] | Evidence,
    *,
    now: datetime,
    allowed_names: frozenset[str] = frozenset(),
) -> Verdict:
    """Check `text` against `facts` (or a reading of them made before) as said at `now` (aware).

    `allowed_names` are people who may be named without a PERSON fact, such as the prospect. Never raises on any text.
    """
    evidence = facts if isinstance(facts, Evidence) else Evidence.of(facts)
    claims = extract_claims(evidence.without_links(text))
    backed = [evidence.supports(claim, now=now, names=allowed_names) for claim in claims]
    said = [
        (claim.start, claim.end)
        for claim, ok in zip(claims, backed, strict=True)
        if ok and claim.kind is FactKind.QUOTE
    ]
    unsupported = tuple(
        claim
        for claim, ok in zip(claims, backed, strict=True)
        if not ok and not any(start <= claim.start and claim.end <= end for start, end in said)
    )
    return Verdict(not unsupported, unsupported)
