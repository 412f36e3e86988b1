"""Checks on outcomes: what stands in the database is what counts, whatever was said."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.domain.funnel import Stage
from core.domain.people import ConsentKind
from evals.checks.case import BaseCheck, Case, Finding, Times, holds, listed, matches
from evals.durations import Span, span

Values = dict[str, Any]


class _RowsCheck(BaseCheck):
    needs_rows: ClassVar[bool] = True


class StageCheck(BaseCheck):
    """The stage in which the prospect stands."""

    stage: Stage

    def judge(self, case: Case) -> Finding:
        last = case.scope[-1] if case.scope else None
        return Finding(
            bool(last and last.stage is self.stage), self.stage, last.stage if last else "no turn", _at(case)
        )


class EventCheck(_RowsCheck):
    """An event that was written."""

    event: str
    times: Times = ">=1"
    payload: Values = Field(default_factory=dict)

    def judge(self, case: Case) -> Finding:
        rows = [row for row in case.outcome.rows("events") if row["kind"] == self.event]
        found = [row for row in rows if matches(row["payload"], self.payload)]
        kinds = list(dict.fromkeys(row["kind"] for row in case.outcome.rows("events")))
        return Finding(
            holds(len(found), self.times), f"{self.event} {self.times}×", f"{len(found)}× of {listed(kinds)}"
        )


class NoEventCheck(_RowsCheck):
    """An event, or several, that must not have been written."""

    no_event: str | tuple[str, ...]

    def judge(self, case: Case) -> Finding:
        wanted = (self.no_event,) if isinstance(self.no_event, str) else self.no_event
        found = [row["kind"] for row in case.outcome.rows("events") if row["kind"] in wanted]
        return Finding(not found, f"no {' or '.join(wanted)}", listed(found))


class RowsCheck(_RowsCheck):
    """Rows of the lead in any table."""

    rows: str
    where: Values = Field(default_factory=dict)
    times: Times = ">=1"

    def judge(self, case: Case) -> Finding:
        rows = case.outcome.rows(self.rows)
        found = [row for row in rows if matches(row, self.where)]
        where = f" with {self.where}" if self.where else ""
        return Finding(
            holds(len(found), self.times), f"{self.times} in {self.rows}{where}", f"{len(found)} of {len(rows)}"
        )


class LeadCheck(_RowsCheck):
    """Columns of the lead's row; `lead: none` after an erasure."""

    lead: Values | Literal["none"]

    def judge(self, case: Case) -> Finding:
        if self.lead == "none":
            return Finding(not case.outcome.lead, "no lead", "one is there" if case.outcome.lead else "none")
        actual = {key: case.outcome.lead.get(key) for key in self.lead}
        return Finding(matches(case.outcome.lead, self.lead), str(self.lead), str(actual))


class ConsentCheck(_RowsCheck):
    """What holds of a tick at the end: given, taken back, or never asked for."""

    consent: ConsentKind
    granted: bool | Literal["never"] = True

    def judge(self, case: Case) -> Finding:
        ticks = [row for row in case.outcome.rows("consents") if row["kind"] == self.consent]
        actual = ticks[-1]["granted"] if ticks else "never"
        return Finding(actual == self.granted, f"{self.consent} {self.granted}", str(actual))


class FollowUpCheck(_RowsCheck):
    """Follow-ups of a status, perhaps due within a time."""

    follow_up: Literal["planned", "sent", "withheld", "cancelled"]
    times: Times = ">=1"
    within: Span | None = None
    note: str | None = Field(default=None, description="what the note must hold")

    def judge(self, case: Case) -> Finding:
        rows = case.outcome.rows("follow_ups")
        found = [row for row in rows if row["status"] == self.follow_up and self._due(row, case.now)]
        actual = listed([f"{row['status']} for {row['due_at']}" for row in rows])
        return Finding(holds(len(found), self.times), f"{self.times} {self.follow_up}", actual)

    def _due(self, row: Values, now: datetime) -> bool:
        if self.note is not None and self.note.casefold() not in row["note"].casefold():
            return False
        return self.within is None or datetime.fromisoformat(row["due_at"]) <= now + span(self.within)


class HandoffCheck(_RowsCheck):
    """The latest hand-off."""

    handoff: Literal["open", "taken", "returned", "timed_out", "none"]

    def judge(self, case: Case) -> Finding:
        rows = case.outcome.rows("handoffs")
        actual = rows[-1]["status"] if rows else "none"
        return Finding(actual == self.handoff, self.handoff, actual)


class ClaimCheck(_RowsCheck):
    """The lead's places on offers."""

    claim: Literal["reserved", "paid", "released", "none"]
    offer: str | None = None

    def judge(self, case: Case) -> Finding:
        rows = [row for row in case.outcome.rows("offer_claims") if self.offer in (None, row["offer"])]
        actual = [row["status"] for row in rows]
        passed = not actual if self.claim == "none" else self.claim in actual
        return Finding(passed, self.claim, listed(actual))


class PaymentCheck(_RowsCheck):
    """The lead's payments."""

    payment: Literal["link_sent", "pending", "paid", "failed", "refunded", "expired", "none"]
    amount: str | None = None
    offer: bool | None = Field(default=None, description="whether an offer was used")

    def judge(self, case: Case) -> Finding:
        rows = case.outcome.rows("payments")
        fitting = [row for row in rows if row["status"] == self.payment and self._fits(row)]
        actual = listed([f"{row['status']} {row['amount']} {row['currency']}" for row in rows])
        expected = f"{self.payment} {self.amount or ''}".strip()
        return Finding(bool(fitting) if self.payment != "none" else not rows, expected, actual)

    def _fits(self, row: Values) -> bool:
        with_offer = row["offer_id"] is not None
        return self.amount in (None, row["amount"]) and self.offer in (None, with_offer)


class LinkCheck(_RowsCheck):
    """Links that were made for the lead."""

    link: Literal["demo", "payment"]
    times: Times = ">=1"

    def judge(self, case: Case) -> Finding:
        count = len(case.outcome.rows({"demo": "demo_links", "payment": "payments"}[self.link]))
        return Finding(holds(count, self.times), f"{self.times} {self.link} links", str(count))


def _at(case: Case) -> int | None:
    return case.scope[-1].number if case.scope else None


OUTCOME = (
    StageCheck,
    EventCheck,
    NoEventCheck,
    RowsCheck,
    LeadCheck,
    ConsentCheck,
    FollowUpCheck,
    HandoffCheck,
    ClaimCheck,
    PaymentCheck,
    LinkCheck,
)
