"""The world around a conversation, by the house's own ways."""

from typing import Any

import pytest

from tests.integration.evals.conftest import Plays

BUY = "ya me decidí, quiero inscribirme. dame el enlace de pago"
DEMO = "quiero ver la demo"


def _kinds(rows: tuple[dict[str, Any], ...]) -> list[str]:
    return [str(row["kind"]) for row in rows]


async def test_a_payment_that_fails_is_told_and_may_be_made_again(plays: Plays) -> None:
    turns = [{"says": BUY}, {"world": "failed", "checks": [{"payment": "failed"}]}, {"world": "paid"}]
    played = await plays(turns=turns, right_end="sale")
    assert played.conversation.passed, played.conversation
    assert played.transcript.turns[-1].stage == "customer"
    assert "purchase_completed" in _kinds(played.transcript.outcome.rows("events"))


async def test_money_that_goes_back_is_told(plays: Plays) -> None:
    played = await plays(turns=[{"says": BUY}, {"world": "paid"}, {"waits": "1 day"}, {"world": "refunded"}])
    assert [row["status"] for row in played.transcript.outcome.rows("payments")] == ["refunded"]
    assert played.transcript.turns[-1].texts and not played.conversation.error


async def test_a_demonstration_is_booked_moved_and_given_back_with_ids_that_are_the_same_again(plays: Plays) -> None:
    turns = [{"says": DEMO}, {"world": "books_demo"}, {"world": "books_demo"}, {"world": "cancels_demo"}]
    first, again = await plays(turns=turns), await plays(turns=turns)
    bookings = first.transcript.outcome.rows("bookings")
    assert [row["status"] for row in bookings] == ["moved", "cancelled"], first.conversation
    assert again.transcript == first.transcript


async def test_what_is_known_of_a_booking_is_evidence(plays: Plays) -> None:
    turns = [{"says": DEMO}, {"world": "books_demo"}, {"says": "¿y cuánto dura el curso?"}]
    played = await plays(turns=turns, right_end="demo")
    told = {fact["source"].partition(":")[0] for fact in played.transcript.turns[-1].told}
    assert "bookings" in told and played.conversation.gate_fell == (), played.conversation


async def test_a_promised_message_comes_when_its_time_has_come_and_not_before(plays: Plays) -> None:
    asked = {"says": "ahora no puedo, escríbeme mañana por favor", "checks": [{"follow_up": "planned"}]}
    early = await plays(turns=[asked, {"waits": "1 hour"}])
    late = await plays(turns=[asked, {"waits": "4 days", "checks": [{"follow_up": "sent"}, {"replied": True}]}])
    assert len(late.transcript.turns) > len(early.transcript.turns) == 4
    assert late.conversation.passed, late.conversation
    assert late.transcript.turns[4].heard == () and late.transcript.turns[4].texts


async def test_who_has_left_is_not_written_to(plays: Plays) -> None:
    turns = [{"says": "escríbeme mañana por favor"}, {"commands": "baja"}, {"waits": "10 days"}]
    played = await plays(turns=turns, right_end="opted_out", checks=[{"follow_up": "sent", "times": 0}])
    assert played.conversation.passed and len(played.transcript.turns) == 5, played.conversation


@pytest.mark.parametrize("event", ["paid", "opens_payment", "opens_demo", "books_demo", "cancels_demo", "refunded"])
async def test_what_happens_without_a_link_is_no_crash(plays: Plays, event: str) -> None:
    assert not (await plays(turns=[{"says": "hola"}, {"world": event}])).conversation.error
