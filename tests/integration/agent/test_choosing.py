"""The decision of every turn that asks a model is on record, so that another policy can be judged from it."""

import math

from core.domain.funnel import Stage
from tests.brendas import Talk
from tests.fakes.openai_server import FakeOpenAI


async def test_every_turn_of_a_model_leaves_its_decision(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    for words in ("¿qué se ve?", "está caro", "no gracias", "quiero ver la demo"):
        await talk.says(words)
    rows = await talk.rows("selections")
    asked = [result for result in talk.results if result.selection]
    assert [row["turn_id"] for row in rows] == [result.turn_id for result in asked]
    assert len(rows) == 4
    for row, result in zip(rows, asked, strict=True):
        assert math.isclose(sum(row["probabilities"].values()), 1)
        assert row["probabilities"][row["suggestion"] or "none"] == row["propensity"]
        assert row["propensity"] >= row["exploration_floor"] > 0
        assert set(row["offered"]) <= set(row["eligible"])
        assert not set(row["eligible"]) & set(row["refused"])
        assert (row["arm"], row["score"], row["at"]) == (result.arm, result.probability, result.at)
        assert row["features"]["stage"] == row["stage"]
        assert row["called"] == [call.name for call in result.calls]
    assert rows[0]["features"]["turns"] < rows[-1]["features"]["turns"]


async def test_the_model_sees_just_the_tools_that_are_on_record(asked: Talk, fake: FakeOpenAI) -> None:
    await asked.reaches(Stage.CONVERSATION)
    result = await asked.says("¿qué se ve?")
    assert result.selection is not None
    shown = [tool["function"]["name"] for tool in fake.requests[0].body["tools"]]
    assert shown == list(result.selection.offered)


async def test_fixed_stages_decide_nothing(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    assert await talk.rows("selections") == []
