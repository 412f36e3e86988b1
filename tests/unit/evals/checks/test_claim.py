"""Checks on claims."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from evals.checks import Check
from evals.checks.claim import HonestCheck
from tests.evaluations import make_case, make_turn

READ: TypeAdapter[Any] = TypeAdapter(Check)
OFFER = {"key": "offer.percent", "kind": "percent", "value": "20", "unit": "%", "source": "offers:3"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("El curso cuesta 249 USD, Ana.", True),
        ("El curso cuesta 99 USD.", False),
        ("Quedan 2 lugares.", False),
        ("Hoy tiene 20% de descuento.", True),
        ("Hoy tiene 50% de descuento.", False),
        ("Me alegra que te interese.", True),
    ],
)
def test_each_claim_needs_the_turns_evidence(text: str, expected: bool) -> None:
    case = make_case(make_turn(3, text, course=1, evidence=[OFFER]))
    found = HonestCheck().judge(case)
    assert found.passed is expected
    assert found.turn == (None if expected else 3)


def test_facts_of_another_course_are_no_evidence() -> None:
    assert not HonestCheck().judge(make_case(make_turn(1, "Cuesta 249 USD.", course=2))).passed


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"evidence": "offer.percent"}, True),
        ({"evidence": "offer.percent", "value": "30"}, False),
        ({"evidence": "offer.seats"}, False),
        ({"says": "descuento"}, True),
        ({"says": ["nunca", "HOY"]}, True),
        ({"says": "mañana"}, False),
        ({"never_says": "mañana"}, True),
        ({"never_says": ["mañana", r"\d+ ?%"]}, False),
        ({"cites": "offers"}, True),
        ({"cites": "offers:3"}, True),
        ({"cites": "offers:30"}, False),
        ({"cites": "offers", "never": True}, False),
    ],
)
def test_words_and_sources(check: dict[str, Any], expected: bool) -> None:
    case = make_case(make_turn(1, "Hoy tiene 20% de descuento.", evidence=[OFFER]))
    assert READ.validate_python(check).judge(case).passed is expected


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        READ.validate_python({"says": "("})
