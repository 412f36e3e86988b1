"""Judging: every check of a scenario on what was played, each verdict with the lines of chat around it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from evals.checks import ALWAYS
from evals.checks.case import BaseCheck, Case
from evals.ending import ending_of
from evals.persona import Persona
from evals.record import Gate, Outcome, Transcript, TurnRecord, Verdict
from evals.scenario import Scenario

LINE = 300


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts, and the end that the database tells."""

    verdicts: tuple[Verdict, ...]
    end: str

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """What did not hold."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates that fell."""
        return tuple(sorted({verdict.gate for verdict in self.failed} - {"none"}))

    def counts(self) -> dict[str, tuple[int, int]]:
        """By area, how many checks held of how many."""
        every = Counter(verdict.area for verdict in self.verdicts)
        held = Counter(verdict.area for verdict in self.verdicts if verdict.passed)
        return {area: (held[area], every[area]) for area in sorted(every)}


def judge(
    scenario: Scenario, persona: Persona, transcript: Transcript, now: datetime, along: Sequence[Verdict]
) -> Judgement:
    """The checks at the end, after those that were judged along the way."""
    case = case_of(persona, transcript.turns, transcript.outcome, transcript.facts, now)
    always = [check for check in ALWAYS if check.head() not in scenario.without]
    end = ending_of(transcript.outcome)
    last = transcript.turns[-1:]
    verdicts = (
        *along,
        *judged((*scenario.checks, *always), case, scenario.gate),
        _end(scenario, end, last),
    )
    return Judgement(verdicts, end)


def judged(checks: Iterable[BaseCheck], case: Case, gate: Gate) -> tuple[Verdict, ...]:
    """The verdict of each check on a case."""
    return tuple(_verdict(check, case, gate) for check in checks)


def case_of(
    persona: Persona,
    turns: tuple[TurnRecord, ...],
    outcome: Outcome,
    facts: dict[str, tuple[dict[str, str], ...]],
    now: datetime,
    *,
    scope: tuple[TurnRecord, ...] | None = None,
) -> Case:
    """The case that a check sees; without a scope it is about all turns but those that were walked."""
    about = tuple(turn for turn in turns if not turn.prelude) if scope is None else scope
    names = frozenset(filter(None, {persona.name, str(outcome.lead.get("name") or "")}))
    return Case(persona, turns, about or turns, outcome, facts, now, names, along=scope is not None)


def _verdict(check: BaseCheck, case: Case, gate: Gate) -> Verdict:
    found = check.judge(case)
    number = case.scope[-1].number if case.along and case.scope else found.turn
    return Verdict(
        check=check.line,
        kind=check.head(),
        area=check.area,
        turn=number,
        gate=check.gate or gate,
        passed=found.passed,
        expected=found.expected,
        actual=found.actual,
        around=("", "") if found.passed else around(case.turns, number),
    )


def _end(scenario: Scenario, end: str, last: tuple[TurnRecord, ...]) -> Verdict:
    right = [one.value for one in scenario.right_ends]
    return Verdict(
        check=f"right_end: {' or '.join(right)}",
        kind="right_end",
        area="end",
        gate=scenario.gate,
        passed=end in right,
        expected=" or ".join(right),
        actual=end,
        around=("", "") if end in right else around(last, None),
    )


def around(turns: Sequence[TurnRecord], number: int | None) -> tuple[str, str]:
    """What the person said in a turn and what Brenda answered; the last turn's when none is named."""
    turn = next((turn for turn in turns if turn.number == number), turns[-1] if turns else None)
    return (_short(" / ".join(turn.heard)), _short(turn.said)) if turn else ("", "")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LINE else f"{flat[:LINE]}…"
