"""Checks on tools."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from evals.checks import Check
from tests.evaluations import make_case, make_turn

READ: TypeAdapter[Any] = TypeAdapter(Check)
CALL = {"name": "create_payment_link", "args": {"use_offer": True}, "missing": ""}
SELECTION = {"suggestion": "send_preview", "offered": ["send_preview", "show_syllabus"]}


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"tool": "create_payment_link"}, True),
        ({"tool": "create_payment_link", "args": {"use_offer": False}}, False),
        ({"tool": "create_payment_link", "missing": "offer_gone"}, False),
        ({"tool": "create_payment_link", "times": 2}, False),
        ({"tool": "show_syllabus", "times": 0}, True),
        ({"no_tool": ["show_syllabus", "create_payment_link"]}, False),
        ({"no_tool": "show_syllabus"}, True),
        ({"suggested": "send_preview"}, True),
        ({"suggested": "show_syllabus"}, False),
        ({"not_offered": "show_syllabus"}, False),
        ({"not_offered": "present_offer"}, True),
    ],
)
def test_calls_and_suggestions_are_read_from_the_record(check: dict[str, Any], expected: bool) -> None:
    case = make_case(make_turn(1, "Hola", tools=[CALL], selection=SELECTION))
    assert READ.validate_python(check).judge(case).passed is expected


def test_a_forbidden_tool_is_told_with_its_turn() -> None:
    case = make_case(make_turn(1, "Hola"), make_turn(2, "Ten", tools=[CALL]))
    assert READ.validate_python({"no_tool": "create_payment_link"}).judge(case).turn == 2
