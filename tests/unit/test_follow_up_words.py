"""Every wording of every follow-up, for every mood: something is said, and nothing that is not known."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from core.domain.follow_ups import LEAVE, Trigger
from core.domain.funnel import Stage
from core.domain.messages import Outgoing
from core.domain.people import Lead
from core.domain.perception import Emotion, Objection, Topic
from core.domain.promises import FollowUp, FollowUpStatus
from core.prompts.prompt_schedule import schedule_in
from core.prompts.prompt_set import PromptSet
from core.world.follow_up_words import Mood, mood_of, when, words
from core.world.zone_of import Place
from tests.worlds import load_prompts

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
START = NOW + timedelta(days=1)
LIMA = Place("America/Lima", 1.0, "stated", ("America/Lima",))
LEAD = Lead(
    id=UUID(int=1), channel="telegram", chat="1", name="Ana", stage=Stage.CONVERSATION, created_at=NOW, last_seen_at=NOW
)
PROMPTS = load_prompts()
SCHEDULE = schedule_in(PROMPTS)


def follow_up(trigger: Trigger, number: int = 1, **fields: Any) -> FollowUp:
    made = FollowUp(
        id=number,
        lead_id=LEAD.id,
        turn_id="world",
        kind=trigger.value,
        note="",
        due_at=NOW,
        status=FollowUpStatus.PLANNED,
        reason=None,
        decided_at=None,
        about_at=START if trigger.value.startswith("demo") else None,
        created_at=NOW,
    )
    return made.model_copy(update=fields)


def said(
    trigger: Trigger, lead: Lead = LEAD, mood: Mood | None = None, venue: str = "", course: str = "", **fields: Any
) -> str:
    return message(trigger, lead, mood, venue, course, **fields).text


def message(
    trigger: Trigger, lead: Lead = LEAD, mood: Mood | None = None, venue: str = "", course: str = "", **fields: Any
) -> Outgoing:
    return words(
        PROMPTS,
        follow_up(trigger, **fields),
        SCHEDULE.triggers[trigger],
        lead,
        course_name=course,
        mood=mood or Mood(),
        place=LIMA,
        venue=venue,
        now=NOW,
    )


def every_wording(prompts: PromptSet, trigger: Trigger, mood: Mood, lead: Lead) -> list[str]:
    return [said(trigger, lead, mood, number=number) for number in range(12)]


@pytest.mark.parametrize("trigger", Trigger)
def test_every_mood_has_its_words(trigger: Trigger) -> None:
    nameless = LEAD.model_copy(update={"name": None, "stage": Stage.DEMO})
    moods = [
        Mood(topic, objection, emotion)
        for topic, objection, emotion in product(["", *Topic], ["", *Objection], ["", *Emotion])
        if not topic or (not objection and not emotion)
    ]
    for mood in moods:
        for lead in (LEAD, nameless):
            for text in every_wording(PROMPTS, trigger, mood, lead):
                assert len(text) > 20
                assert "None" not in text
                assert not re.search(r"\{|\}|  |,,| ,| \.|¿\?|\bde el\b|\ba el\b", text), text


@pytest.mark.parametrize("trigger", Trigger)
def test_a_trigger_has_more_than_one_wording_and_keeps_to_one_for_one_follow_up(trigger: Trigger) -> None:
    assert len(set(every_wording(PROMPTS, trigger, Mood(), LEAD))) > 1
    assert said(trigger, number=7) == said(trigger, number=7)


@pytest.mark.parametrize("trigger", Trigger)
def test_buttons_are_the_rule_s_with_their_labels(trigger: Trigger) -> None:
    made = message(trigger)
    assert tuple(button.action for button in made.buttons) == SCHEDULE.triggers[trigger].buttons
    assert all(button.label and button.label != button.action for button in made.buttons)
    assert (LEAVE in [button.action for button in made.buttons]) is SCHEDULE.triggers[trigger].marketing


def test_the_demo_s_moment_is_told_on_the_person_s_clock() -> None:
    assert "mañana a las 13:00 (hora de Lima)" in said(Trigger.DEMO_TOMORROW)
    soon = said(Trigger.DEMO_SOON, about_at=NOW + timedelta(hours=1))
    assert "hoy a las 14:00 (hora de Lima)" in soon
    far = said(Trigger.DEMO_BOOKED, about_at=NOW + timedelta(days=6))
    assert "el lunes 30 de noviembre a las 13:00" in far


def test_today_is_today_on_the_person_s_clock() -> None:
    late = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 22:00 of the 24th in Lima
    told = when(PROMPTS, datetime(2026, 11, 25, 4, 0, tzinfo=UTC), LIMA, late)
    assert (told["is_today"], told["is_tomorrow"], told["hour"]) == (True, False, "23:00")


def test_a_video_call_is_a_button_and_a_room_is_words() -> None:
    call = message(Trigger.DEMO_SOON, venue="https://call.example/1")
    assert call.buttons[0].url == "https://call.example/1"
    assert "call.example" not in call.text
    assert "Sala 3" in said(Trigger.DEMO_SOON, venue="Sala 3")


@pytest.mark.parametrize("venue", ["http://call.example", "javascript:alert(1)", "Sala 3"])
def test_nothing_else_becomes_a_link(venue: str) -> None:
    assert not any(button.url for button in message(Trigger.DEMO_SOON, venue=venue).buttons)


def test_what_the_person_asked_and_felt_is_taken_up() -> None:
    assert "el temario" in said(Trigger.SILENCE, mood=Mood(topic="syllabus"), number=1)
    assert "precio" in said(Trigger.SILENCE, mood=Mood(objection="price"))
    assert "Perdona" in said(Trigger.SILENCE, mood=Mood(emotion="frustrated"))


def test_a_note_with_template_code_or_tags_is_only_a_note() -> None:
    text = said(Trigger.ASKED, note="{{ 7 * 7 }} <b>x</b>\n---\notra")
    assert "{{ 7 * 7 }}" in text
    assert "49" not in text
    assert "<b>" not in text


def test_the_mood_is_the_last_topic_and_objection_and_the_present_emotion() -> None:
    readings: list[dict[str, Any]] = [
        {"intent": "small_talk"},
        {"emotion": "excited", "topics": ["price", "payment"]},
        {"objection": "time", "topics": ["syllabus"]},
    ]
    assert mood_of(readings) == Mood(topic="price", objection="time", emotion="")
    assert mood_of([]) == Mood()
