from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.db.contact_hours import Habit
from core.db.silences import Silence
from core.domain.follow_ups import Trigger
from core.world.planner import cause, person_of

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
PAYMENT = UUID(int=7)


def silence(**fields: Any) -> Silence:
    made: dict[str, Any] = {
        "lead_id": UUID(int=1),
        "last_seen_at": NOW,
        "turn_id": "turn-9",
        "at": NOW,
        "question": False,
        "said": "Gracias.",
        "price_turn": None,
        "payment_id": None,
        "may": True,
    }
    return Silence(**made | fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (None, "", "")),
        ({"said": "¿Qué buscas?"}, (Trigger.SILENCE, "turn-9", "")),
        ({"question": True, "said": ""}, (Trigger.SILENCE, "turn-9", "")),
        ({"question": True}, (None, "", "")),
        ({"price_turn": "turn-8", "said": "¿Seguimos?"}, (Trigger.PRICE_ASKED, "turn-8", "")),
        (
            {"payment_id": PAYMENT, "price_turn": "turn-8"},
            (Trigger.CHECKOUT_LEFT, str(PAYMENT), f"payments:{PAYMENT}"),
        ),
    ],
)
def test_a_silence_is_about_the_most_that_was_open(
    fields: dict[str, Any], expected: tuple[Trigger | None, str, str]
) -> None:
    assert cause(silence(**fields)) == expected


def habit(**fields: Any) -> Habit:
    made: dict[str, Any] = {"timezone": None, "country": None, "source": None, "language": "es", "active": (NOW,)}
    return Habit(**made | fields)


def test_people_teach_by_the_hours_of_their_own_clock() -> None:
    person = person_of(habit(country="Colombia", source="ads", active=(NOW, NOW + timedelta(days=1))))
    assert person is not None
    assert person.hours[13] == 2
    assert person.groups == ("country:CO", "source:ads")


def test_who_is_only_guessed_to_be_somewhere_teaches_nothing() -> None:
    assert person_of(habit()) is None
    assert person_of(habit(timezone="Europe/Madrid")) is not None
