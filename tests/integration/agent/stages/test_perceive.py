"""What a turn knows of what was said between the turns."""

from datetime import timedelta

from agent.talk import Talk as Memory
from core.db import follow_ups
from core.domain.funnel import Stage
from core.domain.messages import Said
from core.world.follow_ups import FollowUps
from tests.brendas import Talk, library
from tests.worlds import insert


async def follow_up(talk: Talk) -> str:
    """A follow-up that the person asked for and that comes now; its words."""
    pool, lead = talk.brenda.pool, (await talk.lead())["id"]
    due = talk.clock() + timedelta(hours=1)
    async with pool.connection() as conn:
        made = await follow_ups.plan(
            conn, key=str(lead), turn_id="t", lead_id=lead, kind="asked", note="", due_at=due, now=talk.clock()
        )
    talk.clock.move(hours=1)
    parts = FollowUps(pool, talk.brenda.closer.queue, lambda: library().current, talk.clock, samples=True)
    assert await parts.attend(made.id)
    [row] = await talk.query("select message->>'text' as text from outbox where key = %s", f"follow_up:{made.id}")
    return str(row["text"])


async def history(talk: Talk) -> list[Said]:
    state = await talk.brenda.graph.aget_state({"configurable": {"thread_id": talk.thread}})
    return list(Memory.model_validate_json(state.values["talk"]).history)


async def test_the_next_turn_knows_what_a_follow_up_said_and_says_it_once(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    said = await follow_up(talk)
    await talk.says("sí, sigamos")
    lines = await history(talk)
    place = lines.index(Said(role="assistant", text=said))
    assert lines[place + 1] == Said(role="user", text="sí, sigamos")
    await talk.says("¿cuánto dura?")
    assert (await history(talk)).count(Said(role="assistant", text=said)) == 1


async def test_what_an_advisor_or_a_turn_said_is_no_follow_up(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    before = await history(talk)
    row = {"lead_id": (await talk.lead())["id"], "turn_id": f"{talk.thread}:x", "position": 0, "author": "advisor"}
    await insert(talk.brenda.pool, "messages", row | {"text": "Hola, soy Andrés."})
    await talk.says("ok")
    assert "Hola, soy Andrés." not in [line.text for line in await history(talk)]
    assert (await history(talk))[: len(before)] == before


async def test_a_typed_label_of_a_follow_up_s_button_is_the_button(talk: Talk) -> None:
    await talk.reaches(Stage.CONVERSATION)
    await talk.presses("marketing.yes")
    await follow_up(talk)
    await talk.says("no más mensajes así.")
    assert (await talk.lead())["stage"] == "conversation", "they are not out"
    whose = "lead_id = (select id from leads where chat = %s)"
    asked = f"select granted from consents where kind = 'marketing' and {whose} order by id"  # noqa: S608
    ticks = await talk.query(asked, talk.chat)
    assert [row["granted"] for row in ticks] == [True, False]
    result = await talk.says("Hablar con una persona")
    assert result.stage is Stage.HANDOFF


async def test_who_said_to_be_under_age_before_anything_else_is_sold_nothing_later(talk: Talk) -> None:
    await talk.says("hola, soy menor de edad, tengo 15")
    await talk.reaches(Stage.CONVERSATION)
    for wish in ("pásame el link de pago", "dale, quiero pagar ya, mi hermana me presta su tarjeta"):
        result = await talk.says(wish)
        assert result.stage is Stage.CONVERSATION
        assert [call.name for call in result.calls] == []
    assert await talk.query("select id from payments where lead_id = %s", (await talk.lead())["id"]) == []
