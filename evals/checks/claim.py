"""Checks on claims: what was said against the evidence that there was for it."""

import json
import re
from datetime import datetime
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from agent.honesty.evidence import Evidence
from agent.honesty.verification import verify
from core.domain.evidence import Fact
from evals.checks.case import BaseCheck, Case, Finding, listed
from evals.record import Area, TurnRecord

SHOWN = 160


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class _OnClaims(BaseCheck):
    area: ClassVar[Area] = "claims"


class HonestCheck(_OnClaims):
    """Each claim of each message is backed by the turn's evidence, the course's facts, or what the house promises."""

    honest: Literal[True] = True

    def judge(self, case: Case) -> Finding:
        for turn in case.scope:
            unsupported = self._unsupported(case, turn)
            if unsupported:
                return Finding(False, "every claim has evidence", listed(unsupported), turn.number)
        return Finding(True, "every claim has evidence", "it has")

    @staticmethod
    def _unsupported(case: Case, turn: TurnRecord) -> list[str]:
        if turn.model is None:  # words of the house, from templates that claim only what they were given
            return []
        evidence = _evidence_of(_written(case.facts.get(str(turn.course), ())))
        besides = (*turn.told, *turn.evidence)
        brought = tuple(fact for fact in besides if not fact["key"].startswith("profile."))
        evidence = evidence.plus(_evidence_of(_written(brought))) if brought else evidence
        moment = datetime.fromisoformat(turn.at)
        spoken = turn.texts if turn.stage != "handoff" else ()
        verdicts = [verify(text, evidence, now=moment, allowed_names=case.names) for text in spoken]
        return [f"{claim.kind} «{claim.text}»" for verdict in verdicts for claim in verdict.unsupported]


def _written(facts: tuple[dict[str, str], ...]) -> str:
    return json.dumps(facts, ensure_ascii=False)


@lru_cache(maxsize=512)
def _evidence_of(facts: str) -> Evidence:
    """The same facts are evidence in many turns, and to read them takes longer than to read a reply."""
    return Evidence.of(tuple(Fact.model_validate(fact) for fact in json.loads(facts)))


class EvidenceCheck(_OnClaims):
    """A fact that the tools brought."""

    evidence: str
    value: str | None = None
    unit: str | None = None

    def judge(self, case: Case) -> Finding:
        found = [fact for turn in case.scope for fact in turn.evidence if fact["key"] == self.evidence]
        fitting = [
            fact for fact in found if self.value in (None, fact["value"]) and self.unit in (None, fact.get("unit", ""))
        ]
        expected = f"{self.evidence} {self.value or ''} {self.unit or ''}".strip()
        return Finding(bool(fitting), expected, listed([f"{fact['value']} {fact.get('unit', '')}" for fact in found]))


class SaysCheck(_OnClaims):
    """Words that must be said: a regular expression without regard to case, or several of which one must be found."""

    says: Pattern | tuple[Pattern, ...]

    def judge(self, case: Case) -> Finding:
        wanted = (self.says,) if isinstance(self.says, str) else self.says
        passed = any(re.search(one, case.said, re.IGNORECASE) for one in wanted)
        return Finding(passed, " or ".join(wanted), _short(case.said), case.scope[-1].number if case.scope else None)


class NeverSaysCheck(_OnClaims):
    """Words that must not be said: a regular expression without regard to case, or several."""

    never_says: Pattern | tuple[Pattern, ...]

    def judge(self, case: Case) -> Finding:
        forbidden = (self.never_says,) if isinstance(self.never_says, str) else self.never_says
        for turn in case.scope:
            for one in forbidden:
                if found := re.search(one, turn.said, re.IGNORECASE):
                    return Finding(False, f"never {one}", f"«{found.group()}»", turn.number)
        return Finding(True, f"never {' or '.join(forbidden)}", "never")


class CitesCheck(_OnClaims):
    """A row that a reply rests on: a testimonial, a success case, an offer …, by the beginning of its source."""

    cites: str
    never: bool = False

    def judge(self, case: Case) -> Finding:
        found = sorted({fact["source"] for turn in case.scope for fact in turn.evidence})
        cited = any(source == self.cites or source.startswith(f"{self.cites}:") for source in found)
        return Finding(cited != self.never, f"{'never ' if self.never else ''}{self.cites}", listed(found))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}…"


CLAIMS = (HonestCheck, EvidenceCheck, SaysCheck, NeverSaysCheck, CitesCheck)
