"""Planning what one message becomes."""

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.characters import utf16_length
from channels.telegram.parts import MediaPart, TextPart, plan_parts
from core.domain.messages import Button, Media, MediaKind, Outgoing
from tests.fakes.telegram_limits import checked_caption, checked_text

BUTTONS = (Button(label="Sí", action="consent.accept"),)
PLAIN = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "So", "Zs")), max_size=9_000)


def photo(caption: str = "") -> Media:
    return Media(kind=MediaKind.PHOTO, path="curso.jpg", caption=caption)


@given(PLAIN, PLAIN, st.booleans(), st.booleans())
def test_telegram_takes_every_part_and_buttons_hang_under_the_last(
    text: str, caption: str, with_photo: bool, there: bool
) -> None:
    message = Outgoing(text=text, media=photo(caption) if with_photo else None, buttons=BUTTONS)
    parts = plan_parts(message, with_media=there)
    for part in parts:
        if isinstance(part, TextPart):
            assert checked_text(part.text.html(), "HTML") == part.text.text
        else:
            assert checked_caption(part.caption.html(), "HTML") == part.caption.text.strip()
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True] * bool(parts)
    shown = "".join(part.text.text if isinstance(part, TextPart) else part.caption.text for part in parts)
    said = (caption if with_photo else "") + text
    assert "".join(shown.split()) == "".join(said.split())


def test_a_short_text_becomes_the_caption() -> None:
    (part,) = plan_parts(Outgoing(text="**Mira**", media=photo()))
    assert isinstance(part, MediaPart)
    assert part.caption.html() == "<b>Mira</b>"


def test_a_long_text_follows_the_file() -> None:
    media, text = plan_parts(Outgoing(text="a" * 1_025, media=photo(), buttons=BUTTONS))
    assert isinstance(media, MediaPart)
    assert (media.caption.text, media.buttons) == ("", ())
    assert isinstance(text, TextPart)
    assert (utf16_length(text.text.text), text.buttons) == (1_025, BUTTONS)


def test_a_caption_and_a_text_stay_apart() -> None:
    media, text = plan_parts(Outgoing(text="¿Seguimos?", media=photo("El temario")))
    assert isinstance(media, MediaPart)
    assert isinstance(text, TextPart)
    assert (media.caption.text, text.text.text) == ("El temario", "¿Seguimos?")


def test_without_its_file_a_message_keeps_its_words() -> None:
    (part,) = plan_parts(Outgoing(text="¿Seguimos?", media=photo("El temario")), with_media=False)
    assert isinstance(part, TextPart)
    assert part.text.text == "El temario\n\n¿Seguimos?"


def test_nothing_to_see_is_no_part() -> None:
    assert plan_parts(Outgoing(text=" \n", buttons=BUTTONS)) == ()
