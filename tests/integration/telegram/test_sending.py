"""Files: uploaded once, then named; and what is left of a message when its file is not to be had."""

from pathlib import Path

import pytest

from core.domain.messages import Button, Media, MediaKind, Outgoing
from tests.fakes.telegram_records import Fault
from tests.integration.telegram.conftest import Rig
from tests.integration.telegram.test_deliverer import settled

PHOTO = Media(kind=MediaKind.PHOTO, path="curso.jpg", caption="El *curso*")
PDF = Media(kind=MediaKind.DOCUMENT, path="guias/guia.pdf")
FILES = "select path, digest, external_id from channel_files order by external_id"


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Path:
    (tmp_path / "guias").mkdir()
    (tmp_path / "curso.jpg").write_bytes(b"a photo")
    (tmp_path / "guias/guia.pdf").write_bytes(b"a guide")
    return tmp_path


async def deliver(rig: Rig, *messages: Outgoing, turn: str = "turn") -> None:
    await rig.say(7, *messages, turn=turn)
    async with rig.running():
        await settled(rig)


async def test_files_are_uploaded_once(rig: Rig) -> None:
    await deliver(rig, Outgoing(media=PHOTO), Outgoing(media=PDF, text="La guía"), Outgoing(media=PHOTO))
    assert [(sent.method, sent.text) for sent in rig.fake.sent] == [
        ("sendPhoto", "El curso"),
        ("sendDocument", "La guía"),
        ("sendPhoto", "El curso"),
    ]
    assert rig.fake.uploads == {
        "file-photo-000001": ("photo", b"a photo"),
        "file-document-000002": ("document", b"a guide"),
    }
    assert rig.fake.sent[0].file_id == rig.fake.sent[2].file_id
    assert [row["path"] for row in await rig.rows(FILES)] == ["guias/guia.pdf", "curso.jpg"]


async def test_a_changed_file_is_uploaded_again(rig: Rig, media: Path) -> None:
    await deliver(rig, Outgoing(media=PHOTO))
    (media / "curso.jpg").write_bytes(b"another photo")
    await deliver(rig, Outgoing(media=PHOTO), turn="other")
    assert [content for _, content in rig.fake.uploads.values()] == [b"a photo", b"another photo"]


async def test_an_id_that_telegram_forgot_is_replaced(rig: Rig) -> None:
    await deliver(rig, Outgoing(media=PHOTO))
    rig.fake.uploads.clear()
    rig.fake.uploads["another"] = ("photo", b"")
    await deliver(rig, Outgoing(media=PHOTO), turn="other")
    assert len(rig.fake.sent) == 2
    assert [row["external_id"] for row in await rig.rows(FILES)] == [rig.fake.sent[1].file_id]
    assert rig.fake.sent[1].file_id == "file-photo-000002"


@pytest.mark.parametrize("path", ["no_hay.jpg", "../secreto.txt", "/etc/hostname", "guias", "a\x00b"])
async def test_without_its_file_a_message_keeps_words_and_buttons(rig: Rig, media: Path, path: str) -> None:
    (media.parent / "secreto.txt").write_text("secret")
    lost = Media(kind=MediaKind.DOCUMENT, path=path.replace("\x00", "\\0"), caption="El temario")
    await deliver(rig, Outgoing(media=lost, text="¿Seguimos?", buttons=(Button(label="Sí", action="ask.yes"),)))
    assert [(sent.method, sent.text, sent.labels) for sent in rig.fake.sent] == [
        ("sendMessage", "El temario\n\n¿Seguimos?", ["Sí"])
    ]
    assert rig.fake.uploads == {}


@pytest.mark.parametrize(
    "fault",
    [Fault(status=400, description="Bad Request: IMAGE_PROCESS_FAILED"), Fault(status=413, description="Too Large")],
)
async def test_a_file_that_telegram_does_not_take_leaves_its_caption(rig: Rig, fault: Fault) -> None:
    rig.fake.fail("sendPhoto", fault)
    await deliver(rig, Outgoing(media=PHOTO))
    assert [(sent.method, sent.text) for sent in rig.fake.sent] == [("sendMessage", "El curso")]


async def test_a_long_caption_follows_its_file(rig: Rig) -> None:
    long = Media(kind=MediaKind.PHOTO, path="curso.jpg", caption="a" * 1_500)
    await deliver(rig, Outgoing(media=long, buttons=(Button(label="Sí", action="ask.yes"),)))
    assert [(sent.method, len(sent.text), sent.labels) for sent in rig.fake.sent] == [
        ("sendPhoto", 0, []),
        ("sendMessage", 1_500, ["Sí"]),
    ]


async def test_a_file_for_somebody_who_left(rig: Rig) -> None:
    rig.fake.unknown.add(7)
    await deliver(rig, Outgoing(media=PHOTO))
    assert (rig.fake.sent, len(rig.fake.called("sendMessage"))) == ([], 0)
