"""The desk's commands in Telegram: the list, a card, absence, and that they are nobody else's."""

from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from core.integrations.links import LinkSigner
from tests.demos import invite, make_host
from tests.integration.telegram.conftest import Rig, now
from tests.worlds import insert

ADVISOR = 900


async def add_advisor(rig: Rig, chat: int = ADVISOR, name: str = "Marta") -> int:
    rows = await rig.rows("insert into advisors (name, chat) values (%s, %s) returning id", name, str(chat))
    return int(rows[0]["id"])


async def prospect(rig: Rig, chat: int, name: str, score: float | None = None) -> Any:
    """A prospect in a talk, perhaps scored; their id."""
    lead = await rig.lead(chat)
    await rig.rows("update leads set stage = 'conversation', name = %s where id = %s returning id", name, lead)
    consent = "insert into consents (lead_id, kind, granted, text_version, at, key) "
    values = "values (%s, 'talk', true, '', %s, %s) returning id"
    await rig.rows(consent + values, lead, now(), f"c{chat}")
    if score is not None:
        await rig.rows(
            "insert into selections (lead_id, turn_id, stage, arm, eligible, offered, probabilities, propensity, "
            "exploration_floor, score, predictor, features, at) values (%s, %s, 'conversation', 'control', '{}', '{}', "
            "'{}', 1, 0.05, %s, 'scorecard-1', %s, %s) returning id",
            lead,
            f"turn:{chat}",
            score,
            Jsonb({"turns": 4, "intent": "buying_signal", "objection": "price"}),
            now(),
        )
        await rig.rows(
            "insert into messages (lead_id, turn_id, position, author, text, payload, created_at) "
            "values (%s, %s, 0, 'lead', '¿Cómo pago?', %s, %s) returning id",
            lead,
            f"turn:{chat}",
            Jsonb({"intent": "buying_signal", "objection": "price"}),
            now(),
        )
    return lead


async def said(rig: Rig, words: str, count: int) -> str:
    """What the desk answered last, when it has said `count` things in all."""
    await rig.fake.user(ADVISOR, "Marta").says(words)
    await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == count)
    return rig.fake.texts(ADVISOR)[-1]


async def test_the_list_shows_the_hottest_in_pages(rig: Rig) -> None:
    await add_advisor(rig)
    for place in range(8):
        await prospect(rig, 10 + place, f"Persona {place}", score=place / 10)
    await prospect(rig, 30, "Silencio")
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        first = await said(rig, "/leads", 1)
        assert [f"Persona {place}" in first for place in range(8)] == [False, False, *[True] * 6]
        assert "Silencio" not in first, "nothing is known of them yet"
        assert first.index("Persona 7") < first.index("Persona 6"), "the hottest first"
        assert rig.fake.sent[-1].labels[-1] == "Ver más"
        await marta.presses("Ver más")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 2)
        second = rig.fake.texts(ADVISOR)[1]
        assert "Persona 0" in second
        assert "Persona 2" not in second
        assert rig.fake.sent[-1].labels[-1] == "Anteriores"
    assert sorted(row["number"] for row in await rig.rows("select number from leads where number is not null")) == [
        *range(1, 9)
    ]


async def test_a_card_tells_all_and_is_recorded(rig: Rig) -> None:
    advisor = await add_advisor(rig)
    lead = await prospect(rig, 7, "Ana", score=0.62)
    await rig.rows("update leads set source = 'instagram', profile = %s returning id", Jsonb({"goal": "ascender"}))
    async with rig.running():
        await said(rig, "/leads", 1)
        card = await said(rig, "/lead 1", 2)
        for words in ("Lead 1 · Ana", "conversación", "instagram", "ascender", "62 %", "¿Cómo pago?", "precio (1)"):
            assert words in card
        assert "lo último que quiso +1.6" in card
        assert "formas de pago reales" in card, "the next best action for an objection to the price"
        assert rig.fake.sent[-1].labels == ["Tomar la conversación"]
        assert await said(rig, "/lead_1", 3) == card
        await rig.fake.user(ADVISOR, "Marta").presses("1 · Ana")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 4)
    seen = await rig.rows("select lead_id, payload from events where kind = 'advisor_viewed'")
    assert [(row["lead_id"], row["payload"]) for row in seen] == [
        (lead, {"advisor": "Marta", "advisor_id": advisor})
    ] * 3


async def test_taking_and_giving_back_by_button(rig: Rig) -> None:
    await add_advisor(rig)
    await prospect(rig, 7, "Ana", score=0.5)
    marta = rig.fake.user(ADVISOR, "Marta")
    async with rig.running():
        await said(rig, "/leads", 1)
        await said(rig, "/lead 1", 2)
        await marta.presses("Tomar la conversación")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 3)
        await said(rig, "/lead 1", 4)
        assert rig.fake.sent[-1].labels == ["Devolver a Brenda"]
        assert "con una persona (Marta)" in rig.fake.texts(ADVISOR)[-1]
        await marta.presses("Devolver a Brenda")
        await rig.fake.wait_for(lambda: len(rig.fake.texts(ADVISOR)) == 5)
    given = [row["input"] for row in await rig.rows("select input from inbox order by id")]
    assert [(each["action"], each["text"]) for each in given] == [("take", ""), ("devolver", "")]
    assert len({each["data"]["handoff"] for each in given}) == 1


async def test_absence_with_an_end_and_without(rig: Rig) -> None:
    await add_advisor(rig)
    absence = "select absent_since, absent_until from advisors"
    async with rig.running():
        before = now()
        assert "no recibirás avisos hasta el" in await said(rig, "/ausente 2h", 1)
        (row,) = await rig.rows(absence)
        assert row["absent_since"] >= before - timedelta(seconds=1)
        assert row["absent_until"] - row["absent_since"] == timedelta(hours=2)
        assert "No entendí" in await said(rig, "/ausente quizá", 2)
        assert await rig.rows(absence) == [row], "nothing is changed by what cannot be read"
        assert "/presente" in await said(rig, "/ausente", 3)
        assert (await rig.rows(absence))[0]["absent_until"] is None
        assert "de turno" in await said(rig, "/presente", 4)
        assert (await rig.rows(absence))[0]["absent_since"] is None


async def test_who_goes_away_hears_which_demos_wait_for_them(rig: Rig) -> None:
    advisor = await add_advisor(rig)
    host = await make_host(rig.pool, name="Marta", advisor_id=advisor)
    guest = await invite(rig.pool, LinkSigner("k" * 32, "http://127.0.0.1", now), now())
    for place, hours in enumerate((3, 30)):
        start = now() + timedelta(hours=hours)
        row = {"demo_link_id": guest.link.id, "lead_id": guest.lead.id, "course_id": guest.link.course_id}
        times = {"starts_at": start, "ends_at": start + timedelta(minutes=30), "created_at": now()}
        more = {"visitor_timezone": "UTC", "calendar_uid": f"u{place}", "provider": "own", "key": f"k{place}"}
        await insert(rig.pool, "bookings", row | times | more | {"host_id": host})
    async with rig.running():
        assert "una demo reservada en ese tiempo" in await said(rig, "/ausente 5h", 1)
        assert "demos reservadas en ese tiempo" in await said(rig, "/ausente", 2)
        assert "demo" not in await said(rig, "/ausente 1h", 3)


async def test_a_chat_of_the_settings_cannot_be_absent(rig: Rig) -> None:
    settings = rig.settings.model_copy(update={"advisor_chat": str(ADVISOR)})
    async with rig.running(settings=settings):
        assert "ADVISOR_CHAT" in await said(rig, "/ausente 2h", 1)
    assert await rig.rows("select chat from desk_chats where channel = 'telegram'") == [{"chat": str(ADVISOR)}]


async def test_what_is_no_command_is_explained(rig: Rig) -> None:
    await add_advisor(rig)
    usage = rig.prompts.render("messages/handoff/usage")
    async with rig.running():
        assert await said(rig, "/descuentos", 1) == usage
        assert "/presente" in await said(rig, "/ayuda", 2)
        assert "/lead 12" in await said(rig, "/lead", 3)
        assert "99" in await said(rig, "/lead 99", 4)
        assert "/lead 12" in await said(rig, "/lead 1'; drop table leads", 5)


async def test_the_commands_are_unknown_to_anybody_else(rig: Rig) -> None:
    await add_advisor(rig)
    await prospect(rig, 7, "Ana", score=0.9)
    async with rig.running():
        for words in ("/leads", "/lead 1", "/ausente", "/devolver"):
            await rig.fake.user(7).says(words)
        await rig.until("select 1 from inbox having count(*) = 4")
    assert rig.fake.texts(7) == [], "they are inputs like any other unknown command, which the turn answers"
    assert await rig.rows("select absent_since from advisors where absent_since is not null") == []


async def test_only_advisors_see_the_desks_commands(rig: Rig) -> None:
    await add_advisor(rig)
    await add_advisor(rig, 901, "Nunca escribió")
    await add_advisor(rig, -55, "Un grupo")
    rig.fake.unknown.add(901)
    async with rig.running():
        pass
    desk = [command["command"] for command in rig.fake.chat_commands[ADVISOR]]
    assert desk == ["leads", "lead", "devolver", "reembolsar", "ausente", "presente", "ayuda"]
    assert rig.fake.chat_commands.keys() == {ADVISOR, -55}
    assert "leads" not in [command["command"] for command in rig.fake.commands]
