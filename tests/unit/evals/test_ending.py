"""How a conversation ended, by its rows."""

from typing import Any

import pytest

from evals.ending import ending_of
from evals.record import Outcome
from tests.evaluations import make_outcome


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({}, "no_sale"),
        ({"events": [{"kind": "demo_requested"}]}, "demo"),
        ({"events": [{"kind": "demo_requested"}], "payments": [{"status": "link_sent"}]}, "checkout"),
        ({"payments": [{"status": "expired"}]}, "no_sale"),
        ({"handoffs": [{"status": "open"}], "payments": [{"status": "link_sent"}]}, "handoff"),
        ({"handoffs": [{"status": "returned"}]}, "no_sale"),
        ({"events": [{"kind": "purchase_completed"}], "handoffs": [{"status": "open"}]}, "sale"),
        ({"payments": [{"status": "paid"}]}, "sale"),
    ],
)
def test_the_strongest_end_counts(tables: dict[str, Any], expected: str) -> None:
    assert ending_of(make_outcome(**tables)) == expected


def test_who_is_out_or_erased_has_opted_out() -> None:
    out = Outcome(lead={"stage": "opted_out"}, tables={"events": ({"kind": "purchase_completed"},)})
    assert ending_of(out) == ending_of(Outcome(lead={}, tables={})) == "opted_out"
