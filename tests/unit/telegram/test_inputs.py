"""Reading updates."""

from typing import Any

import pytest
from aiogram.types import Update

from channels.telegram.callbacks import STALE, ButtonSigner
from channels.telegram.inputs import Arrival, Identity, Membership, read_update
from core.domain.messages import InputKind
from tests.fakes.telegram_people import FakeUser
from tests.fakes.telegram_server import FakeTelegram

ME = Identity(987654321, "brenda_test_bot")
SIGNER = ButtonSigner(b"a secret of the tests")


@pytest.fixture
async def fake() -> Any:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
def ana(fake: FakeTelegram) -> FakeUser:
    return fake.user(7)


def read(fake: FakeTelegram) -> Arrival | Membership | None:
    return read_update(Update.model_validate(fake.pending[-1]), ME, SIGNER)


def arrival(fake: FakeTelegram) -> Arrival:
    event = read(fake)
    assert isinstance(event, Arrival)
    return event


async def test_words(fake: FakeTelegram, ana: FakeUser) -> None:
    number = await ana.says("hola, ¿cuánto cuesta?")
    event = arrival(fake)
    assert (event.update_id, event.chat, event.private, event.sender) == (number, "7", True, "Ana")
    assert (event.input.kind, event.input.text) == (InputKind.TEXT, "hola, ¿cuánto cuesta?")


@pytest.mark.parametrize(
    ("typed", "action", "text"),
    [
        ("/start", "start", ""),
        ("/start  CURSO_IA ", "start", "CURSO_IA"),
        ("/START@Brenda_Test_Bot x\ny", "start", "x\ny"),
        ("/privacidad", "privacidad", ""),
        ("/privacy", "privacidad", ""),
        ("/help", "ayuda", ""),
        ("/ayuda", "ayuda", ""),
        ("/baja ya", "baja", "ya"),
        ("/inventado 1", "inventado", "1"),
    ],
)
async def test_commands(fake: FakeTelegram, ana: FakeUser, typed: str, action: str, text: str) -> None:
    await ana.says(typed)
    said = arrival(fake).input
    assert (said.kind, said.action, said.text) == (InputKind.COMMAND, action, text)


@pytest.mark.parametrize("typed", ["/", "/ hola", "//baja", "/baja@otro_bot", "y/o", "/¿qué?", "/baja."])
async def test_what_only_looks_like_a_command(fake: FakeTelegram, ana: FakeUser, typed: str) -> None:
    await ana.says(typed)
    said = arrival(fake).input
    assert (said.kind, said.text) == (InputKind.TEXT, typed)


async def test_a_forwarded_command_is_somebodys_words(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.forwards("/borrar")
    said = arrival(fake).input
    assert (said.kind, said.text, said.data["forwarded"]) == (InputKind.TEXT, "/borrar", True)


async def test_changed_words(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.says("ola")
    await ana.edits("hola")
    said = arrival(fake).input
    assert (said.kind, said.text) == (InputKind.EDITED, "hola")


async def test_a_live_location_that_moves_is_nothing_new(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.sends_location()
    await fake.push("edited_message", ana.last_message)
    assert read(fake) is None


async def test_what_is_not_words(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.sends_sticker("👍")
    assert (arrival(fake).input.kind, arrival(fake).input.data["emoji"]) == (InputKind.STICKER, "👍")
    await ana.sends_voice()
    assert arrival(fake).input.kind is InputKind.VOICE
    await ana.sends_photo("mira mi *título*")
    assert (arrival(fake).input.kind, arrival(fake).input.text) == (InputKind.PHOTO, "mira mi *título*")
    await ana.sends_document("cv.pdf")
    assert (arrival(fake).input.kind, arrival(fake).input.data["file_name"]) == (InputKind.FILE, "cv.pdf")
    await ana.sends_location()
    assert (arrival(fake).input.kind, arrival(fake).input.data["content"]) == (InputKind.FILE, "location")


async def test_buttons_genuine_and_forged(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.presses_data(SIGNER.pack("7", "consent.accept"), 55, "q1")
    event = arrival(fake)
    assert (event.input.kind, event.input.action, event.callback_id) == (InputKind.BUTTON, "consent.accept", "q1")
    assert event.reply_to == "55"
    for data in ("consent.accept", SIGNER.pack("8", "consent.accept"), ""):
        await ana.presses_data(data, 55)
        assert (arrival(fake).input.kind, arrival(fake).input.action) == (InputKind.BUTTON, STALE)


async def test_shutting_out_and_letting_in(fake: FakeTelegram, ana: FakeUser) -> None:
    number = await ana.blocks()
    assert read(fake) == Membership(number, "7", blocked=True)
    number = await ana.unblocks()
    assert read(fake) == Membership(number, "7", blocked=False)
    await fake.user(7, group=-100).blocks()
    assert read(fake) is None


@pytest.mark.parametrize(
    ("typed", "addressed"),
    [
        ("hola a todos", False),
        ("hola 🙂 @brenda_test_bot ¿estás?", True),
        ("@otro_bot hola", False),
        ("/start", True),
        ("/start@brenda_test_bot", True),
        ("/start@otro_bot", False),
        ("/comando_de_otro", False),
        ("/inventado@brenda_test_bot", True),
    ],
)
async def test_who_is_meant_in_a_group(fake: FakeTelegram, typed: str, addressed: bool) -> None:
    await fake.user(7, group=-100).says(typed)
    event = arrival(fake)
    assert (event.private, event.addressed, event.chat) == (False, addressed, "-100")


async def test_service_messages_and_other_bots_are_nothing(fake: FakeTelegram, ana: FakeUser) -> None:
    message = {"message_id": 1, "date": 1, "chat": ana.place(), "from": ana.person()}
    await fake.push("message", message | {"new_chat_title": "x"})
    assert read(fake) is None
    await fake.push("message", message | {"text": "hola", "from": ana.person() | {"is_bot": True}})
    assert read(fake) is None
    await fake.push(
        "poll",
        {
            "id": "1",
            "question": "?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": True,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        },
    )
    assert read(fake) is None


async def test_what_postgres_would_refuse_is_taken_out_and_nothing_is_lost(fake: FakeTelegram, ana: FakeUser) -> None:
    await ana.says("ho\x00la \ud83d 🙂")
    assert arrival(fake).input.text == "hola \ufffd 🙂"
    await ana.says("a" * 20_000)
    said = arrival(fake).input
    assert (len(said.text), len(said.data["whole_text"])) == (4_096, 20_000)


async def test_money_is_nothing_that_a_person_said(fake: FakeTelegram, ana: FakeUser) -> None:
    """It is believed only after it was compared with what was asked (`channels/telegram/stars.py`)."""
    await ana.pays("opaque", 500)
    assert read(fake) is None
    await ana.gets_back("opaque", 500)
    assert read(fake) is None
