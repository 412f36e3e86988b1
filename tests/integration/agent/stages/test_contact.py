"""First contact and /start, with every form of an advertisement."""

import pytest

from core.domain.funnel import Stage
from core.domain.messages import InputKind
from tests.brendas import Talk, actions, texts


@pytest.mark.parametrize(
    "words", ["#CURSO_IA_PROFESIONALES #CAMPAÑA_IG_NOVIEMBRE", "hola #curso_ia_profesionales ¿info?"]
)
async def test_hashtags_choose_course_and_source(talk: Talk, words: str) -> None:
    first = await talk.says(words)
    assert "IA para Profesionales" in texts(first)
    assert (await talk.lead())["course_id"] is not None


@pytest.mark.parametrize(
    ("payload", "course", "source"),
    [
        ("IG_NOVIEMBRE", "IA para Profesionales", "instagram"),
        ("CURSO_IA_PROFESIONALES__FB_REELS", "IA para Profesionales", "facebook"),
        ("CURSO_IA_PROFESIONALES", "IA para Profesionales", None),
        ("", "nuestros cursos", None),
    ],
)
async def test_a_deep_link_chooses_course_and_source(talk: Talk, payload: str, course: str, source: str | None) -> None:
    first = await talk.commands("start", payload)
    assert course in texts(first)
    assert (await talk.lead())["source"] == source


@pytest.mark.parametrize(
    "words", ["#CURSO_NO_EXISTE", "hola #CURSO_NADA'; drop table leads;--", "#CURSO_B<b>X", f"#CURSO_{'A' * 900}"]
)
async def test_an_unknown_course_falls_back_kindly_and_is_noted(talk: Talk, words: str) -> None:
    first = await talk.says(words)
    assert first.stage is Stage.CONSENT
    assert "CURSO_" in first.outgoing[1].text
    assert [row["payload"]["hashtag"] for row in await talk.events("unknown_course")] == [
        first.events[0].payload["hashtag"]
    ]


@pytest.mark.parametrize("payload", ["NADIE_LA_CONOCE", "x" * 300, "<script>", "\x00", "💥", "CURSO_NADA__NADA"])
async def test_an_unknown_deep_link_is_greeted_all_the_same(talk: Talk, payload: str) -> None:
    first = await talk.commands("start", payload)
    assert first.stage is Stage.CONSENT
    assert actions(first)
    assert (await talk.lead())["course_id"] is None


async def test_the_advertisement_counts_in_whichever_of_the_first_messages_it_stands(talk: Talk) -> None:
    await talk.says("hola", "#CURSO_IA_PROFESIONALES #CAMPAÑA_IG_NOVIEMBRE")
    assert (await talk.lead())["source"] == "instagram"


@pytest.mark.parametrize("stage", [Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER])
async def test_start_welcomes_back_where_the_talk_stood(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    result = await talk.commands("start")
    assert result.stage is stage
    assert "Ana" in texts(result)


@pytest.mark.parametrize("stage", [Stage.CONSENT, Stage.NAME])
async def test_start_asks_again_what_is_open(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    result = await talk.commands("start")
    assert result.stage is stage
    assert len(result.outgoing) == 1


@pytest.mark.parametrize("stage", [Stage.CONVERSATION, Stage.CUSTOMER])
@pytest.mark.parametrize("by_link", [True, False])
async def test_another_courses_advertisement_shows_that_course(talk: Talk, stage: Stage, by_link: bool) -> None:
    await talk.reaches(stage)
    result = await (talk.commands("start", "FB_REELS") if by_link else talk.says("#CAMPAÑA_FB_REELS"))
    assert "Creativ" in texts(result)
    assert result.stage is stage


DISCLOSED = ("IA", "inteligencia artificial")


async def test_leaving_as_the_very_first_word_is_obeyed(talk: Talk) -> None:
    first = await talk.commands("baja")
    assert first.stage is Stage.OPTED_OUT
    assert any(word in first.outgoing[0].text for word in DISCLOSED), "at first contact people are told, whatever comes"
    assert "/borrar" in first.outgoing[1].text
    assert (len(first.outgoing), actions(first)) == (2, [])
    assert [row["kind"] for row in await talk.rows("events")] == ["initial_contact", "opted_out"]
    back = await talk.says("hola")
    assert (back.stage, "consent.accept" in actions(back)) == (Stage.CONSENT, True), "nobody has asked them yet"


async def test_a_stop_in_words_as_the_very_first_is_obeyed(talk: Talk) -> None:
    first = await talk.says("no me escriban más")
    assert first.stage is Stage.OPTED_OUT
    assert any(word in first.outgoing[0].text for word in DISCLOSED)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("privacidad", "datos"),
        ("ayuda", "/asesor"),
        ("misdatos", ""),
        ("paysupport", ""),
        ("leads", "/leads"),
    ],
)
async def test_a_duty_as_the_very_first_word_is_answered_before_consent_is_asked(
    talk: Talk, command: str, words: str
) -> None:
    first = await talk.commands(command)
    assert first.stage is Stage.CONSENT
    introduced, answer, *_, question = first.outgoing
    assert any(word in introduced.text for word in DISCLOSED)
    assert words in answer.text
    assert [button.action for button in question.buttons] == ["consent.accept", "consent.read", "consent.decline"]
    assert (await talk.presses("consent.accept")).stage is Stage.NAME


async def test_an_erasure_asked_for_at_once_is_done_at_a_press(talk: Talk) -> None:
    first = await talk.commands("borrar")
    assert any(word in first.outgoing[0].text for word in DISCLOSED)
    assert actions(first) == ["erase.confirm", "erase.cancel"], "and nothing else is asked beside it"
    await talk.presses("erase.confirm")
    assert await talk.query("select 1 as one from leads where chat = %s", talk.chat) == []


async def test_who_keeps_their_data_after_all_is_asked_for_consent(talk: Talk) -> None:
    await talk.commands("borrar")
    assert (await talk.presses("erase.cancel")).stage is Stage.CONSENT
    assert "consent.accept" in actions(await talk.says("hola"))


async def test_a_human_asked_for_at_once_is_called_at_once(talk: Talk) -> None:
    first = await talk.commands("asesor", "soy prensa")
    assert first.stage is Stage.HANDOFF
    assert any(word in first.outgoing[0].text for word in DISCLOSED)
    assert "soy prensa" in first.to_advisor[0]
    returned = await talk.world(InputKind.ADVISOR, "devolver")
    assert returned.stage is Stage.CONSENT
