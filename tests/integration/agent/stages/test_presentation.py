"""The course is shown, or chosen first; a button of a course that is gone takes nobody out of the talk."""

import pytest

from core.db.pool import Pool
from core.domain.funnel import Stage
from core.domain.messages import MediaKind
from tests.brendas import Talk, actions, brenda_on, queue_on, texts


async def undecided(talk: Talk) -> Talk:
    """Someone who came without an advertisement and has not chosen a course."""
    await talk.commands("start")
    await talk.presses("consent.accept")
    await talk.says("Ana")
    return talk


async def test_who_came_without_a_course_chooses_one(talk: Talk) -> None:
    await undecided(talk)
    assert talk.results[-1].stage is Stage.PRESENTATION
    assert "course.ia-para-profesionales" in actions(talk.results[-1])
    chosen = await talk.presses("course.ia-para-profesionales")
    assert chosen.stage is Stage.CONVERSATION
    assert "249" in texts(chosen)


@pytest.mark.parametrize("words", ["IA para Profesionales", "el de profesionales", "la automatización"])
async def test_a_course_is_chosen_in_words(talk: Talk, words: str) -> None:
    await undecided(talk)
    assert (await talk.says(words)).stage is Stage.CONVERSATION


@pytest.mark.parametrize("words", ["no sé", "hola", "", "👍", "' or 1=1"])
async def test_words_that_fit_no_course_show_the_list_again(talk: Talk, words: str) -> None:
    await undecided(talk)
    again = await talk.says(words)
    assert again.stage is Stage.PRESENTATION
    assert actions(again)


async def test_the_presentation_has_a_picture_and_next_steps(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    [shown] = [message for message in talk.results[-1].outgoing if message.media]
    assert shown.media is not None
    assert shown.media.kind is MediaKind.PHOTO
    assert [button.action for button in shown.buttons] == ["ask.syllabus", "ask.price", "ask.demo", "ask.advisor"]


@pytest.mark.parametrize("stage", [Stage.CONVERSATION, Stage.DEMO, Stage.CHECKOUT, Stage.CUSTOMER])
async def test_a_forged_or_expired_course_button_moves_nobody(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    for action in ("course.no-existe", "course.", "course.'; drop table courses; --"):
        result = await talk.presses(action)
        assert result.stage is stage, action
        assert texts(result), action


async def test_without_any_course_she_still_answers(empty_database: Pool) -> None:
    async with queue_on(empty_database) as queue, brenda_on(empty_database, queue) as brenda:
        talk = await undecided(Talk(brenda))
        assert texts(talk.results[-1])
        assert texts(await talk.says("¿qué cursos tienen?"))
