"""The advisor's desk: words go to the prospect, the chat comes back, and nobody speaks into the void."""

from datetime import timedelta
from typing import Any

import pytest

from core.db import handoffs
from core.domain.messages import Outgoing
from core.domain.promises import Handoff
from tests.integration.telegram.conftest import Rig, now

ADVISOR = 900
INPUTS = "select chat, update_id, input from inbox order by id"


async def add_advisor(rig: Rig) -> None:
    await rig.rows("insert into advisors (name, chat) values ('Marta', %s) returning id", str(ADVISOR))


async def hand_off(rig: Rig, chat: int, advisor_chat: int = ADVISOR) -> Handoff:
    """A prospect who asked for a human, and the notice on its way to the advisor."""
    lead = await rig.lead(chat)
    async with rig.pool.connection() as conn:
        await conn.execute("update leads set stage = 'handoff' where id = %s", (lead,))
        made = await handoffs.open_handoff(
            conn,
            key=f"handoff:{chat}",
            turn_id=f"turn:{chat}",
            lead_id=lead,
            reason="quiere hablar",
            summary="",
            now=now(),
            limit=timedelta(minutes=60),
        )
    await rig.say(advisor_chat, Outgoing(text=f"Aviso {chat}"), turn=f"turn:{chat}", about_handoff=made.id)
    return made


async def notice(rig: Rig, chat: int, advisor_chat: int = ADVISOR) -> int:
    """The notice's number in the advisor's chat, once Telegram and the outbox both know it."""
    await rig.until("select 1 from outbox where status = 'sent' and message->>'text' = %s", f"Aviso {chat}")
    return next(sent.message_id for sent in rig.fake.sent if sent.text == f"Aviso {chat}")


async def handled(rig: Rig) -> None:
    await rig.fake.wait_for(lambda: not rig.fake.pending)


async def test_a_reply_to_a_notice_reaches_the_prospect(rig: Rig) -> None:
    await add_advisor(rig)
    made = await hand_off(rig, 7)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        number = await marta.replies("Hola, te *ayudo* yo", await notice(rig, 7))
        await rig.fake.push_raw({"update_id": number} | {"message": marta.last_message})
        await rig.fake.wait_for(lambda: rig.fake.texts(7) and len(rig.fake.texts(ADVISOR)) == 2)
        await marta.replies("¿Sigues ahí?", await notice(rig, 7))
        await rig.fake.wait_for(lambda: len(rig.fake.texts(7)) == 2)
        await handled(rig)
    assert rig.fake.texts(7)[0].splitlines()[-1] == "Hola, te ayudo yo"
    assert "Marta" in rig.fake.texts(7)[0]
    assert len(rig.fake.texts(ADVISOR)) == 2, "the notice, and that it is theirs now"
    rows: list[dict[str, Any]] = await rig.rows("select status, advisor_id from handoffs where id = %s", made.id)
    assert (rows[0]["status"], rows[0]["advisor_id"] is not None) == ("taken", True)
    words = await rig.rows("select text, author, lead_id from messages order by id")
    assert [(row["text"], row["author"]) for row in words] == [
        ("Hola, te *ayudo* yo", "advisor"),
        ("¿Sigues ahí?", "advisor"),
    ]
    assert await rig.rows(INPUTS) == []


@pytest.mark.parametrize("replying", [True, False])
async def test_handing_back_is_an_input_of_the_prospect(rig: Rig, replying: bool) -> None:
    await add_advisor(rig)
    made = await hand_off(rig, 7)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        to = await notice(rig, 7)
        for _ in range(2):
            await (marta.replies("/devolver", to) if replying else marta.says("/devolver"))
        await handled(rig)
    (row,) = await rig.rows(INPUTS)
    assert (row["chat"], row["update_id"] < 0) == ("7", True)
    assert (row["input"]["kind"], row["input"]["action"]) == ("advisor", "devolver")
    assert row["input"]["data"] == {"handoff": made.id}
    assert await rig.queued() == [("telegram", "7")]


async def test_handing_back_without_a_reply_means_the_one_that_was_taken(rig: Rig) -> None:
    await add_advisor(rig)
    await hand_off(rig, 7)
    await hand_off(rig, 8)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        await notice(rig, 7)
        await marta.says("/devolver")
        await handled(rig)
        assert await rig.rows(INPUTS) == [], "nobody can know which one is meant"
        await marta.replies("hola", await notice(rig, 8))
        await marta.says("/devolver")
        await handled(rig)
    assert [row["chat"] for row in await rig.rows(INPUTS)] == ["8"]


async def test_words_for_a_chat_that_is_over_are_not_passed_on(rig: Rig) -> None:
    await add_advisor(rig)
    made = await hand_off(rig, 7)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        to = await notice(rig, 7)
        async with rig.pool.connection() as conn:
            await handoffs.give_back(conn, made.id, now())
        await marta.replies("¿hola?", to)
        await marta.replies("/devolver", to)
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 3)
    no_open = rig.prompts.render("messages/handoff/no_open")
    assert rig.fake.texts(ADVISOR)[1:] == [no_open, no_open]
    assert (rig.fake.texts(7), await rig.rows(INPUTS), await rig.queued()) == ([], [], [])


async def test_anything_else_gets_the_usage_and_never_becomes_a_prospect(rig: Rig) -> None:
    await add_advisor(rig)
    await hand_off(rig, 7)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        to = await notice(rig, 7)
        await marta.says("hola")
        await marta.replies("no es un aviso", to + 999)
        await marta.sends_voice()
        await marta.says("/start")
        await marta.edits("otra cosa")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 6)
    assert set(rig.fake.texts(ADVISOR)[1:]) == {rig.prompts.render("messages/handoff/usage")}
    assert (rig.fake.texts(7), await rig.rows(INPUTS), await rig.queued()) == ([], [], [])


async def test_a_group_of_advisors_that_is_only_in_the_settings(rig: Rig) -> None:
    group = -100900
    await hand_off(rig, 7, advisor_chat=group)
    settings = rig.settings.model_copy(update={"advisor_chat": str(group)})
    luis = rig.fake.user(901, "Luis", group=group)
    async with rig.running(settings=settings):
        to = await notice(rig, 7, group)
        await luis.says("yo lo tomo")
        await luis.replies("Hola, soy Luis", to)
        await rig.fake.wait_for(lambda: rig.fake.texts(7))
        await luis.replies("/devolver", to)
        await handled(rig)
    assert "Luis" in rig.fake.texts(7)[0]
    assert [row["chat"] for row in await rig.rows(INPUTS)] == ["7"]
    assert rig.prompts.render("messages/handoff/usage") not in rig.fake.texts(group)
    noted = await rig.rows("select kind, status from webhook_events")
    assert noted == [{"kind": "message.text", "status": "ignored"}], "their talk among themselves is known to have come"


async def agreed(rig: Rig, chat: int, stage: str = "conversation") -> Any:
    """A prospect in a talk with Brenda, who accepted the notice; their id."""
    lead = await rig.lead(chat)
    await rig.rows("update leads set stage = %s, name = 'Ana' where id = %s returning id", stage, lead)
    await rig.rows(
        "insert into consents (lead_id, kind, granted, text_version, at, key) "
        "values (%s, 'talk', true, 'v', now(), %s) returning id",
        lead,
        f"c{chat}",
    )
    return lead


async def test_a_reply_to_any_notice_about_a_lead_takes_their_chat(rig: Rig) -> None:
    await add_advisor(rig)
    lead = await agreed(rig, 7)
    await rig.say(ADVISOR, Outgoing(text="Aviso 7"), turn="notice", lead_id=lead)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        to = await notice(rig, 7)
        await marta.replies("Hola, soy Marta", to)
        await rig.until("select 1 from inbox")
        await marta.replies("¿Te ayudo?", to)
        await rig.until("select 1 from inbox having count(*) = 2")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 2)
        await handled(rig)
    assert rig.fake.texts(ADVISOR)[1:] == [rig.prompts.render("messages/handoff/taken")], "said once"
    (handoff,) = await rig.rows("select id, status, advisor_id is not null as known from handoffs")
    assert (handoff["status"], handoff["known"]) == ("taken", True)
    given = [row["input"] for row in await rig.rows(INPUTS)]
    assert [(each["kind"], each["action"], each["text"]) for each in given] == [
        ("advisor", "take", "Hola, soy Marta"),
        ("advisor", "take", "¿Te ayudo?"),
    ]
    assert given[0]["data"] == {"handoff": handoff["id"], "advisor": "Marta"}
    assert rig.fake.texts(7) == [], "the turn says it, after telling them that a human writes"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update leads set stage = 'opted_out' returning id", "opted_out"),
        ("update leads set blocked_at = now() returning id", "blocked"),
        ("delete from consents returning id", "no_consent"),
    ],
)
async def test_who_left_or_never_agreed_is_not_written_to(rig: Rig, change: str, reason: str) -> None:
    await add_advisor(rig)
    lead = await agreed(rig, 7)
    await rig.rows(change)
    await rig.say(ADVISOR, Outgoing(text="Aviso 7"), turn="notice", lead_id=lead)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        await marta.replies("Hola", await notice(rig, 7))
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 2)
    assert rig.fake.texts(ADVISOR)[1] == rig.prompts.render("messages/desk/refused", reason=reason)
    assert (await rig.rows(INPUTS), await rig.rows("select id from handoffs"), rig.fake.texts(7)) == ([], [], [])
