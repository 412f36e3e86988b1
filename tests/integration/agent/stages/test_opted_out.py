"""Out at once, from everywhere, and back by a word of the person's own."""

import pytest

from core.domain.funnel import Stage
from tests.brendas import Talk, texts

EVERYWHERE = [stage for stage in Stage if stage not in (Stage.CONTACT, Stage.PRESENTATION, Stage.OPTED_OUT)]


@pytest.mark.parametrize("stage", EVERYWHERE)
async def test_out_of_every_stage_and_back_to_it(talk: Talk, stage: Stage) -> None:
    await talk.reaches(stage)
    out = await talk.commands("baja")
    assert out.stage is Stage.OPTED_OUT
    assert len(out.outgoing) == 1
    back = await talk.says("hola")
    assert back.stage is (Stage.CONVERSATION if stage is Stage.HANDOFF else stage)
    assert len(await talk.events("came_back")) == 1


async def test_leaving_twice_is_answered_and_forgets_nothing(talk: Talk) -> None:
    await talk.reaches(Stage.CHECKOUT)
    await talk.commands("baja")
    assert texts(await talk.commands("baja"))
    assert (await talk.says("hola")).stage is Stage.CHECKOUT


async def test_the_duties_need_no_way_back(talk: Talk) -> None:
    await talk.reaches(Stage.OPTED_OUT)
    assert (await talk.commands("misdatos")).stage is Stage.OPTED_OUT
