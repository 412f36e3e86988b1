"""What a finder hands to the next one: a claim still in the places of the folded text."""

from decimal import Decimal
from typing import NamedTuple

from core.domain.evidence import FactKind


class Finding(NamedTuple):
    """`value` and `unit` as in `agent.honesty.claims.Claim`; `start` and `end` are places in the folded text."""

    kind: FactKind
    value: str
    unit: str
    start: int
    end: int


def written(number: Decimal) -> str:
    """A number in one canonical form: "249", "12.5"."""
    return format(number.normalize(), "f") if number else "0"


def mask(folded: str, findings: list[Finding]) -> str:
    """`folded` with the findings blotted out, at the same length, so that no other finder reads them again."""
    parts: list[str] = []
    cursor = 0
    for found in sorted(findings, key=lambda one: one.start):
        if found.start >= cursor:
            parts += (folded[cursor : found.start], "|", " " * (found.end - found.start - 1))
            cursor = found.end
    return "".join((*parts, folded[cursor:]))
