"""Checks on rows."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from evals.checks import Check
from evals.record import Outcome
from tests.evaluations import make_case, make_outcome, make_turn

READ: TypeAdapter[Any] = TypeAdapter(Check)
EVENTS = [{"kind": "demo_requested", "payload": {}}, {"kind": "course_presented", "payload": {"course": "ia"}}]
PAID = {"status": "paid", "amount": "199.20", "currency": "USD", "offer_id": 3}
LATER = {"status": "planned", "note": "el lunes", "due_at": "2026-11-18T15:00:00+00:00"}


@pytest.mark.parametrize(
    ("check", "tables", "expected"),
    [
        ({"event": "demo_requested"}, {"events": EVENTS}, True),
        ({"event": "demo_requested", "times": 2}, {"events": EVENTS}, False),
        ({"event": "course_presented", "payload": {"course": "otro"}}, {"events": EVENTS}, False),
        ({"no_event": ["opted_out", "demo_requested"]}, {"events": EVENTS}, False),
        ({"no_event": "opted_out"}, {"events": EVENTS}, True),
        ({"rows": "payments", "where": {"status": "paid"}, "times": 1}, {"payments": [PAID]}, True),
        ({"rows": "payments", "where": {"status": "failed"}}, {"payments": [PAID]}, False),
        ({"payment": "paid", "amount": "199.20", "offer": True}, {"payments": [PAID]}, True),
        ({"payment": "paid", "amount": "249.00"}, {"payments": [PAID]}, False),
        ({"payment": "paid", "offer": False}, {"payments": [PAID]}, False),
        ({"payment": "none"}, {"payments": [PAID]}, False),
        ({"payment": "none"}, {}, True),
        ({"consent": "talk"}, {"consents": [{"kind": "talk", "granted": True}]}, True),
        ({"consent": "talk", "granted": False}, {"consents": [{"kind": "talk", "granted": True}]}, False),
        ({"consent": "marketing", "granted": "never"}, {}, True),
        ({"follow_up": "planned", "within": "3 days"}, {"follow_ups": [LATER]}, True),
        ({"follow_up": "planned", "within": "1 day"}, {"follow_ups": [LATER]}, False),
        ({"follow_up": "planned", "note": "martes"}, {"follow_ups": [LATER]}, False),
        ({"follow_up": "planned", "times": 0}, {}, True),
        ({"handoff": "open"}, {"handoffs": [{"status": "returned"}, {"status": "open"}]}, True),
        ({"handoff": "none"}, {"handoffs": [{"status": "open"}]}, False),
        ({"claim": "paid", "offer": "Uno"}, {"offer_claims": [{"status": "paid", "offer": "Uno"}]}, True),
        ({"claim": "none"}, {"offer_claims": [{"status": "paid", "offer": "Uno"}]}, False),
        ({"link": "demo", "times": 1}, {"demo_links": [{}, {}]}, False),
        ({"lead": {"name": "Ana"}}, {}, True),
        ({"lead": {"name": "Eva"}}, {}, False),
        ({"lead": "none"}, {}, False),
        ({"stage": "conversation"}, {}, True),
        ({"stage": "demo"}, {}, False),
    ],
)
def test_rows_are_what_counts(check: dict[str, Any], tables: dict[str, Any], expected: bool) -> None:
    case = make_case(make_turn(1, "Te vendí el curso"), outcome=make_outcome(**tables))
    assert READ.validate_python(check).judge(case).passed is expected


def test_an_erased_lead_is_none() -> None:
    case = make_case(make_turn(1, "Listo"), outcome=Outcome(lead={}, tables={}))
    assert READ.validate_python({"lead": "none"}).judge(case).passed
