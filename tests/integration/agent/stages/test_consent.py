"""Privacy: by a button only, with time and text version, and every way out."""

import pytest

from core.domain.funnel import Stage
from core.domain.messages import InputKind
from tests.brendas import Talk, actions, texts

CHOICES = ["consent.accept", "consent.read", "consent.decline"]


async def ticks(talk: Talk) -> list[tuple[str, bool]]:
    return [(row["kind"], row["granted"]) for row in await talk.rows("consents")]


async def test_accepting_is_kept_with_its_time_and_the_text_that_was_shown(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    result = await talk.presses("consent.accept")
    [row] = await talk.rows("consents")
    assert (row["kind"], row["granted"], row["at"], row["text_version"]) == (
        "talk",
        True,
        result.at,
        result.prompt_hash,
    )
    assert result.stage is Stage.NAME


async def test_declining_ends_it_and_the_record_says_so(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    assert (await talk.presses("consent.decline")).stage is Stage.OPTED_OUT
    assert await ticks(talk) == [("talk", False)]


async def test_who_declined_and_writes_again_is_asked_again(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    await talk.presses("consent.decline")
    again = await talk.says("lo pensé mejor, ¿cuánto cuesta?")
    assert (again.stage, actions(again), again.model_calls) == (Stage.CONSENT, CHOICES, 0)
    assert (await talk.presses("consent.accept")).stage is Stage.NAME


async def test_who_declined_may_press_the_old_button(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    await talk.presses("consent.decline")
    assert (await talk.presses("consent.accept")).stage is Stage.NAME
    assert await ticks(talk) == [("talk", False), ("talk", True)]


async def test_the_notice_names_who_is_responsible_and_keeps_the_choice_open(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    notice = await talk.presses("consent.read")
    assert talk.brenda.settings.company in texts(notice)
    assert talk.brenda.settings.contact in texts(notice)
    assert (notice.stage, actions(notice)) == (Stage.CONSENT, CHOICES)


async def test_prose_is_no_consent(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    for words in ("sí, claro, acepto todo", "ok", "quiero comprar", "👍", ""):
        result = await talk.says(words)
        assert (result.stage, actions(result), await ticks(talk)) == (Stage.CONSENT, CHOICES, []), words


@pytest.mark.parametrize("label", ["Acepto", " ACEPTO ", "acepto"])
async def test_the_typed_label_is_the_button(talk: Talk, label: str) -> None:
    await talk.reaches(Stage.CONSENT)
    assert (await talk.says(label)).stage is Stage.NAME


async def test_a_forged_button_is_no_consent(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    for action in ("consent.", "consent.accept ", "consent.accept' or '1'='1", "consent.ACCEPT"):
        assert (await talk.presses(action)).stage is Stage.CONSENT, action
    assert await ticks(talk) == []


@pytest.mark.parametrize("stage", [Stage.NAME, Stage.CONVERSATION, Stage.CUSTOMER])
async def test_accepting_twice_is_one_consent(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    result = await talk.presses("consent.accept")
    assert (result.stage, await ticks(talk)) == (stage, [("talk", True)])
    assert texts(result)


async def test_the_three_ticks_are_separate_and_baja_takes_two_of_them_back(talk: Talk) -> None:
    await talk.reaches(Stage.NAME)
    await talk.presses("marketing.yes")
    await talk.presses("learning.yes")
    await talk.commands("baja")
    assert await ticks(talk) == [
        ("talk", True),
        ("marketing", True),
        ("learning", True),
        ("marketing", False),
        ("learning", False),
    ]
    lead = (await talk.brenda.open_context(talk.request())).lead
    assert lead.consents == {"talk"}


async def test_a_stop_is_heard_before_anything_was_accepted(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    assert (await talk.says("no me escriban más")).stage is Stage.OPTED_OUT


async def test_a_voice_message_is_asked_for_consent_too(talk: Talk) -> None:
    await talk.reaches(Stage.CONSENT)
    assert actions(await talk.sends(InputKind.VOICE)) == CHOICES
